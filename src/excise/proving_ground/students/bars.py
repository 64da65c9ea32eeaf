"""The bars: what was asked of the methods before they were measured, and what came out."""

from collections.abc import Sequence

from excise.proving_ground.students.summary import (
    CONTROL_BITS,
    Bar,
    Curve,
    Followed,
    Null,
    curves,
)

_SHARE_OF_CONTROLS = 0.95


def bars(followed: Sequence[Followed], null: Sequence[Null]) -> list[Bar]:
    """Compare what was measured with what was asked. What was not tried has no bar."""
    by_name = {(one.probe, one.student, one.strength): one for one in curves(followed) if not one.mark}
    distilled = by_name.get(("twins", "distilled", None))
    quarter = by_name.get(("twins", "dilution", 0.25))
    found = []
    if distilled is not None:
        found.append(
            _reaches("all served, 3 epochs, log-likelihoods", distilled, bits=40, steps=1000, of="twins")
        )
    if quarter is not None:
        found.append(_reaches("a quarter served, log-likelihoods", quarter, bits=20, steps=2000, of="twins"))
    found += _against_signs(by_name)
    texts = [
        one
        for (probe, name, _), one in by_name.items()
        if "text" in probe and name in {"distilled", "thorough"}
    ]
    for one in texts:
        name = f"text only, {one.probe}, {one.student}"
        found.append(_reaches(name, one, bits=20, steps=round(1000 / one.questions), of="steps"))
    for bet in null:
        found.append(
            Bar(
                name=f"null of the {bet.bet} bet",
                wanted=f"share of {bet.runs:,} that ever reaches {bet.bits} bits at most {bet.allowed:.5f}",
                measured=f"{bet.share:.5f} ({bet.reached}; 95 % sure it is below {bet.share_at_most:.5f})",
                met=bet.share <= bet.allowed,
            )
        )
    return found + _controls(followed)


def _reaches(name: str, curve: Curve, *, bits: float, steps: int, of: str) -> Bar:
    """Every seed has to reach the bits; the middle seed is shown with the lowest."""
    within = [at for at, step in enumerate(curve.steps) if step <= steps]
    at = within[-1] if within else 0
    lowest, median = curve.lowest[at], curve.median[at]
    return Bar(
        name=name,
        wanted=f"at least {bits:g} bits within {steps:,} {of}, in every seed",
        measured=f"{lowest:g} bits in the lowest of {curve.seeds} seeds, {median:g} in the middle one, "
        f"within {curve.steps[at]:,} {of}",
        met=bool(within) and lowest >= bits,
    )


def _against_signs(by_name: dict[tuple[str, str, float | None], Curve]) -> list[Bar]:
    found = []
    for probe in ("twins", "twins, beside the teacher"):
        ratios = []
        for (name, student, strength), one in by_name.items():
            plain = by_name.get(("twins, signs only", student, strength))
            if name == probe and one.role != "control" and plain is not None and plain.median[-1] >= 10:
                ratios.append((one.median[-1] / plain.median[-1], student, strength))
        if not ratios:
            continue
        own = next((ratio for ratio, student, _ in ratios if student == "distilled"), None)
        low, high = min(ratios), max(ratios)
        shown = "not compared" if own is None else f"{own:.2f} times"
        found.append(
            Bar(
                name=f"{probe}, against the plain sign bet",
                wanted="at least 1.5 times its bits on the same twins, for the distilled student",
                measured=f"{shown}; over all on whom signs give 10 bits, {low[0]:.2f} ({_named(low)}) to "
                f"{high[0]:.2f} ({_named(high)})",
                met=own is not None and own >= 1.5,
            )
        )
    return found


def _named(ratio: tuple[float, str, float | None]) -> str:
    return ratio[1] if ratio[2] is None else f"{ratio[1]} {ratio[2]:g}"


def _controls(followed: Sequence[Followed]) -> list[Bar]:
    found = []
    for probe in dict.fromkeys(one.probe.name for one in followed):
        final = [
            one.track.bits[-1]
            for one in followed
            if one.probe.name == probe and one.entrant.role == "control"
        ]
        if not final:
            continue
        low = sum(bits <= CONTROL_BITS for bits in final)
        found.append(
            Bar(
                name=f"controls, {probe}",
                wanted=f"final bits at most {CONTROL_BITS:g} in {_SHARE_OF_CONTROLS:.0%} of them",
                measured=f"{low} of {len(final)}; the highest has {max(final):.1f}",
                met=low >= _SHARE_OF_CONTROLS * len(final),
            )
        )
    return found
