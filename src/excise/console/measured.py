"""What was measured of detection and how it does here: the detectors page."""

from functools import cache, lru_cache

import msgspec
from msgspec import Struct
from starlette.responses import Response

from excise.casework.state import State
from excise.casework.state.agreement import Agreement
from excise.console.files import measured_file
from excise.console.points import DetectorPoint, TiePoint, points
from excise.console.visit import Visit, rendered
from excise.detection.detectors import CAUSES
from excise.detection.weigher import detectors
from excise.linking.link import ties
from excise.linking.ties import BLOCKS
from excise.open_folder import purpose

_WEEK_S = 7 * 86_400.0
_LATELY_S = 30 * 86_400.0
_COUNT_EVERY_S = 300.0
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
    point: DetectorPoint | None = None


class TieRow(Struct, frozen=True, kw_only=True):
    """A kind of tie as the page shows it."""

    name: str
    block: str
    what: str
    point: TiePoint | None = None


@cache
def _detection() -> _Measured | None:
    path = measured_file("detection.json")
    return None if path is None else msgspec.json.decode(path.read_bytes(), type=_Measured)


def page(visit: Visit) -> Response:
    """Show each detector and tie: what it looks for, what was measured, how often it spoke, who agreed."""
    state = visit.desk.state
    agreed = {one.name: one for one in state.agreement.by_detector()}
    lately = {one.name: one for one in state.agreement.by_detector(since_s=visit.now_s - _LATELY_S)}
    fired = _spoken(state, int(visit.now_s // _COUNT_EVERY_S))
    worth = points()
    rows = [
        Row(
            name=name,
            cause=detector.cause,
            looks_for=purpose(detector),
            fired=fired.get(name, 0),
            agreement=agreed.get(name),
            alarm=_alarm(agreed.get(name)) or _alarm(lately.get(name), when=" of the last thirty days"),
            point=worth.detector(name) if worth else None,
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
            "ties": tuple(
                TieRow(
                    name=name,
                    block=tie.block,
                    what=purpose(tie),
                    point=worth.tie(name) if worth else None,
                )
                for name, tie in sorted(ties().items(), key=lambda one: (BLOCKS.index(one[1].block), one[0]))
            ),
            "worth": worth,
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


@lru_cache(maxsize=4)
def _spoken(state: State, moment: int) -> dict[str, int]:
    """Return how often each detector spoke within the week before a moment, which lasts five minutes.

    A thousand campaigns are read for it: not at every look at the page.
    """
    return state.agreement.spoken(since_s=moment * _COUNT_EVERY_S - _WEEK_S)


def _alarm(agreement: Agreement | None, *, when: str = "") -> str:
    """Say when analysts disagree with a detector in most of the cases that it spoke for."""
    if agreement is None:
        return ""
    judged = agreement.confirmed + agreement.not_harvesting
    if judged < _LEAST_CLOSED or agreement.not_harvesting * 2 <= judged:
        return ""
    return (
        f"Analysts found {agreement.not_harvesting} of {judged} cases{when} that it spoke for not harvesting."
    )
