"""A picture of shares with their intervals, one a line, as SVG that stands in a page by itself."""

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from excise.report.palette import BLUE, INK, QUIET, RULE, VERMILLION

_WIDTH, _ROW, _LEFT, _RIGHT, _TOP, _BOTTOM = 720, 20, 190, 60, 8, 34


class Strip(NamedTuple):
    """A share from 0 to 1, what it is of, and its interval; ``bar`` is what was asked of it."""

    label: str
    value: float
    low: float
    high: float
    bar: float | None = None


def strips(rows: Sequence[Strip], *, says: str, across: str) -> str:
    """Draw shares as dots with their intervals; what was asked is a tick.

    Args:
        rows: from the top.
        says: the picture in words, for who cannot see it.
        across: what the shares are.

    >>> strips([Strip("squad", 0.9, 0.8, 0.95)], says="squad: 90 %", across="recall").count("<circle")
    1
    """
    height = _TOP + _ROW * len(rows) + _BOTTOM

    def x(share: float) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * min(max(share, 0.0), 1.0)

    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" '
    parts = [f'{head}font-family="system-ui, sans-serif" font-size="12"><title>{escape(says)}</title>']
    for tenth in range(0, 11, 2):
        at, foot = x(tenth / 10), height - _BOTTOM
        parts.append(
            f'<path d="M{at:.1f} {_TOP}V{foot}" stroke="{RULE.light}"/>'
            f'<text x="{at:.1f}" y="{foot + 14}" text-anchor="middle" fill="{QUIET.light}">'
            f"{tenth / 10:g}</text>"
        )
    for number, row in enumerate(rows):
        y = _TOP + _ROW * (number + 0.5)
        parts.append(
            f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end" fill="{INK.light}">{escape(row.label)}'
            f'</text><path d="M{x(row.low):.1f} {y:.1f}H{x(row.high):.1f}" stroke="{BLUE.light}" '
            f'stroke-width="2"/><circle cx="{x(row.value):.1f}" cy="{y:.1f}" r="4" fill="{BLUE.light}"/>'
            f'<text x="{_WIDTH - _RIGHT + 10}" y="{y + 4:.1f}" fill="{INK.light}">{row.value:.2f}</text>'
        )
        if row.bar is not None:
            parts.append(
                f'<path d="M{x(row.bar):.1f} {y - 7:.1f}V{y + 7:.1f}" stroke="{VERMILLION.light}" '
                'stroke-width="2"/>'
            )
    middle = (_LEFT + _WIDTH - _RIGHT) / 2
    parts.append(
        f'<text x="{middle:.0f}" y="{height - 4}" text-anchor="middle" fill="{INK.light}">'
        f"{escape(across)}</text>"
    )
    return "".join(parts) + "</svg>"
