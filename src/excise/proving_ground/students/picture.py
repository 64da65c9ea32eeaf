"""A picture of curves, as SVG that stands in a page by itself: the middle seed a line, the others a band."""

from collections.abc import Sequence
from html import escape
from itertools import pairwise
from typing import NamedTuple

from excise.proving_ground.students.summary import Curve
from excise.report.palette import BLUE, GREEN, GREY, INK, PURPLE, QUIET, RULE, VERMILLION

_WIDTH, _HEIGHT = 720, 360
_LEFT, _RIGHT, _TOP, _BOTTOM = 48, 190, 12, 40
_LOOKS = (
    (BLUE, ""),
    (VERMILLION, "7 4"),
    (GREEN, "2 3"),
    (PURPLE, "9 3 2 3"),
    (GREY, "4 4"),
    (INK, "1 4"),
)
_LABEL_PX = 15
_HEAD = (
    f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
    'font-family="system-ui, sans-serif" font-size="12">'
)


class Line(NamedTuple):
    """A curve, and what it is called in the picture."""

    label: str
    curve: Curve


def picture(lines: Sequence[Line], *, says: str, across: str) -> str:
    """Draw bits against steps; six lines at most.

    Args:
        lines: what is drawn, the highest first for the eye.
        says: the picture in words, for who cannot see it.
        across: what the steps are.
    """
    far = max(line.curve.steps[-1] for line in lines)
    top = max(10.0, *(max(line.curve.highest) for line in lines))
    low = min(0.0, *(min(line.curve.lowest) for line in lines))

    def x(step: float) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * step / far

    def y(bits: float) -> float:
        return _TOP + (_HEIGHT - _TOP - _BOTTOM) * (top - bits) / (top - low)

    rules = [
        f'<path d="M{_LEFT} {y(bits):.1f}H{_WIDTH - _RIGHT}" stroke="{RULE.light}"/>'
        f'<text x="{_LEFT - 6}" y="{y(bits) + 4:.1f}" text-anchor="end" fill="{QUIET.light}">'
        f"{bits:g}</text>"
        for bits in _ticks(low, top)
    ]
    rules += [
        f'<text x="{x(step):.1f}" y="{_HEIGHT - _BOTTOM + 18}" text-anchor="middle" '
        f'fill="{QUIET.light}">{step:g}</text>'
        for step in _ticks(0, far)
    ]
    parts = [_HEAD, f"<title>{escape(says)}</title>", *rules]
    parts.append(
        f'<text x="{x(far / 2):.1f}" y="{_HEIGHT - 4}" text-anchor="middle" fill="{INK.light}">'
        f"{escape(across)}; bits upward</text>"
    )
    places = _spread([y(line.curve.median[-1]) for line in lines])
    for line, (shade, dash), place in zip(lines, _LOOKS, places, strict=False):
        curve = line.curve
        upper = [
            f"{x(step):.1f} {y(bits):.1f}" for step, bits in zip(curve.steps, curve.highest, strict=True)
        ]
        lower = [f"{x(step):.1f} {y(bits):.1f}" for step, bits in zip(curve.steps, curve.lowest, strict=True)]
        middle = [
            f"{x(step):.1f} {y(bits):.1f}" for step, bits in zip(curve.steps, curve.median, strict=True)
        ]
        parts.append(
            f'<path d="M{"L".join([*upper, *reversed(lower)])}Z" fill="{shade.light}" fill-opacity="0.15"/>'
            f'<path d="M{x(0):.1f} {y(0):.1f}L{"L".join(middle)}" fill="none" stroke="{shade.light}" '
            f'stroke-width="2" stroke-dasharray="{dash}"/>'
            f'<text x="{x(curve.steps[-1]) + 6:.1f}" y="{place:.1f}" fill="{shade.light}">'
            f"{escape(line.label)}</text>"
        )
    return "".join(parts) + "</svg>"


def _ticks(low: float, high: float) -> list[float]:
    """Return round numbers from low to high, about six of them."""
    step = next(
        one * 10**power for power in range(6) for one in (1, 2, 5) if (high - low) / (one * 10**power) <= 7
    )
    first = int(low // step) + (1 if low % step else 0)
    return [float(n * step) for n in range(first, int(high // step) + 1)]


def _spread(places: Sequence[float]) -> list[float]:
    """Move labels apart that would stand on each other."""
    order = sorted(range(len(places)), key=lambda at: places[at])
    out = list(places)
    for before, at in pairwise(order):
        out[at] = max(out[at], out[before] + _LABEL_PX)
    over = max(0.0, max(out) - (_HEIGHT - _BOTTOM))
    return [place - over for place in out]
