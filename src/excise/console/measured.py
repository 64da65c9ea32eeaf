"""What was measured of detection and how it does here: the detectors page."""

from functools import cache
from importlib.resources import files
from pathlib import Path

import msgspec
from msgspec import Struct
from starlette.responses import Response

from excise.casework.state.agreement import Agreement
from excise.console.visit import Visit, rendered
from excise.detection.detectors import CAUSES
from excise.detection.weigher import detectors
from excise.linking.link import ties

_WEEK_S = 7 * 86_400.0
_LEAST_CLOSED = 10
"""Fewer closed cases than these raise no alarm: of so few nothing can be said."""


class Claim(Struct, frozen=True, kw_only=True):
    """How many honest actors reached so many bits in the measurement, and how many may."""

    bits: int
    reached: int
    allowed: float


class _Measured(Struct, frozen=True, kw_only=True):
    seeds: tuple[int, ...]
    scale: str
    version: str
    honest_actors: int
    honest_actors_at_bits: dict[str, int]
    median_recall: dict[str, float]
    worst_quarter_recall: dict[str, float]


class Row(Struct, frozen=True, kw_only=True):
    """A detector as the page shows it; ``alarm`` says what is wrong with it, "" where nothing is."""

    name: str
    cause: str
    looks_for: str
    fired: int
    agreement: Agreement | None
    alarm: str


def measured_file(name: str) -> Path | None:
    """Return a file of what was measured: in the wheel, or in the tree that this runs from."""
    for folder in (files("excise") / "measured", Path(__file__).parents[3] / "docs" / "measured"):
        path = Path(str(folder)) / name
        if path.is_file():
            return path
    return None


@cache
def _detection() -> _Measured | None:
    path = measured_file("detection.json")
    return None if path is None else msgspec.json.decode(path.read_bytes(), type=_Measured)


def page(visit: Visit) -> Response:
    """Show each detector and tie: what it looks for, what was measured, how often it spoke, who agreed."""
    state = visit.desk.state
    agreed = {one.name: one for one in state.agreement.by_detector()}
    fired = state.agreement.spoken(since_s=visit.now_s - _WEEK_S)
    rows = [
        Row(
            name=name,
            cause=detector.cause,
            looks_for=_first_line(detector),
            fired=fired.get(name, 0),
            agreement=agreed.get(name),
            alarm=_alarm(agreed.get(name)),
        )
        for name, detector in sorted(detectors().items())
    ]
    measured = _detection()
    return rendered(
        visit,
        "detectors.html.j2",
        {
            "rows": sorted(rows, key=lambda row: (CAUSES.index(row.cause), row.name)),
            "alarms": tuple(row for row in rows if row.alarm),
            "ties": tuple((name, tie.block, _first_line(tie)) for name, tie in sorted(ties().items())),
            "measured": measured,
            "claims": _claims(measured) if measured else (),
            "by_bits": state.agreement.by_bits(),
        },
        place="/detectors",
    )


def _claims(measured: _Measured) -> tuple[Claim, ...]:
    return tuple(
        Claim(bits=int(bits), reached=reached, allowed=measured.honest_actors / 2 ** int(bits))
        for bits, reached in sorted(measured.honest_actors_at_bits.items(), key=lambda item: int(item[0]))
    )


def _alarm(agreement: Agreement | None) -> str:
    """Say when analysts disagree with a detector in most of the cases that it spoke for."""
    if agreement is None:
        return ""
    judged = agreement.confirmed + agreement.not_harvesting
    if judged < _LEAST_CLOSED or agreement.not_harvesting * 2 <= judged:
        return ""
    return f"Analysts found {agreement.not_harvesting} of {judged} cases that it spoke for not harvesting."


def _first_line(member: object) -> str:
    return (type(member).__doc__ or "").strip().splitlines()[0]
