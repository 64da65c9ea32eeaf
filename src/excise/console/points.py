"""The operating point of each detector and each kind of tie, as the trial measured it."""

from functools import cache

import msgspec
from msgspec import Struct

from excise.console.files import measured_file


class Share(Struct, frozen=True):
    """Hits of a number of tries, with a 95 % interval."""

    hits: int
    of: int
    value: float
    low: float
    high: float


class At(Struct, frozen=True, kw_only=True):
    """What reaches a line that at most ``rate`` of those reach whom a detector should leave alone."""

    rate: float
    line: float
    wrongly: Share
    caught: Share
    best_kind: str | None
    best: Share | None


class DetectorPoint(Struct, frozen=True, kw_only=True):
    """A detector at one honest actor in a hundred and in a thousand; an excuse the other way round."""

    name: str
    cause: str
    speaks: Share
    speaks_wrongly: Share
    at: tuple[At, ...]


class TiePoint(Struct, frozen=True, kw_only=True):
    """A kind of tie over pairs of accounts; see the trial ``operating_points``."""

    name: str
    block: str
    kept: Share
    alone: Share
    touched: Share
    accounts: Share


class Points(Struct, frozen=True, kw_only=True):
    """All operating points, and what they were measured on."""

    version: str
    scale: str
    seeds: tuple[int, ...]
    honest_actors: int
    harvesting_accounts: int
    true_pairs: int
    detectors: tuple[DetectorPoint, ...]
    ties: tuple[TiePoint, ...]

    def detector(self, name: str) -> DetectorPoint | None:
        """Return the point of a detector; None of one that was not measured."""
        return next((one for one in self.detectors if one.name == name), None)

    def tie(self, name: str) -> TiePoint | None:
        """Return the point of a kind of tie; None of one that was not measured."""
        return next((one for one in self.ties if one.name == name), None)


@cache
def points() -> Points | None:
    """Return what was measured; None where the file does not travel along."""
    path = measured_file("operating.json")
    return None if path is None else msgspec.json.decode(path.read_bytes(), type=Points)
