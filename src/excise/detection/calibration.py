"""From rank to bits: how often an innocent actor ranks this high, and what the sample can bear."""

import csv
from importlib.resources import files

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

F64 = NDArray[np.float64]

UNITS_PER_EFFECTIVE = 10.0
"""Honest errors come in blocks (a whole company at once): so many actors count as one independent unit."""

_STEP = 0.25
_BULK_BITS = (3.0, 4.0, 5.0)
_BODY_BITS = (2.0, 3.0)


class Reference(Struct, frozen=True):
    """Ranks of honest actors in composed worlds.

    ``ranks`` ascending and ``share`` the share of honest actors that rank at least so high; ``actors`` how
    many there were, ``worlds`` in how many worlds.
    """

    ranks: tuple[float, ...]
    share: tuple[float, ...]
    actors: int
    worlds: int

    @classmethod
    def of(cls, ranks: F64, worlds: int) -> "Reference":
        """Make a reference of the ranks of honest actors, shape (actors,), of so many worlds.

        >>> made = Reference.of(np.array([0.0, 1.0, 1.0, 4.0]), worlds=1)
        >>> made.ranks[:3], made.share[:3]
        ((0.0, 0.25, 0.5), (1.0, 0.75, 0.75))
        """
        high = np.sort(ranks)
        grid = np.arange(np.floor(high[0]), high[-1] + 2 * _STEP, _STEP)
        share = (len(high) - np.searchsorted(high, grid, side="left")) / len(high)
        return cls(tuple(grid.tolist()), tuple(share.tolist()), len(high), worlds)

    @property
    def ceiling_bits(self) -> float:
        """The most that may be claimed: one in as many effective units as there were."""
        return float(np.log2(max(self.actors / UNITS_PER_EFFECTIVE, 1.0)))

    def bits(self, rank: F64) -> F64:
        """Return the bits of ranks against the reference, not yet adjusted to a log, at most the ceiling."""
        tail = np.interp(rank, self.ranks, self.share, left=1.0, right=0.0)
        counted = (1 + tail * self.actors) / (1 + self.actors)
        return np.minimum(-np.log2(counted), self.ceiling_bits)


class Calibration(Struct, frozen=True):
    """What was claimed on this log. ``shift_bits`` is what the log's own bulk took off every claim."""

    ceiling_bits: float
    effective_units: float
    shift_bits: float


def reference() -> Reference:
    """Return the reference that ships with the package, measured by ``excise prove calibration``."""
    text = files("excise.detection").joinpath("reference.csv").read_text(encoding="utf-8")
    rows = list(csv.reader(line for line in text.splitlines() if not line.startswith("#")))
    facts = dict(zip(rows[0], rows[1], strict=True))
    table = np.asarray(rows[3:], dtype=float)
    return Reference(tuple(table[:, 0]), tuple(table[:, 1]), int(facts["actors"]), int(facts["worlds"]))


def calibrate(rank: F64, against: Reference) -> tuple[F64, Calibration]:
    """Return the bits that each actor's rank supports, and how they were reached.

    The reference gives ranks their meaning. Where this log's bulk ranks higher than the reference's, honest
    customers here look guiltier than those it was measured on, and every claim is lowered, by the stricter of
    two measures: by as many bits as more actors than one in 8, 16 or 32 pass the rank that belongs there; and
    to what a rank would mean if all ranks were lower by as much as this log's upper quarter and eighth are
    higher. Harvesting actors are few and so hardly touch the bulk; where they do, claims are lowered too far,
    never too little.

    Args:
        rank: shape (actors,).
        against: the reference.
    """
    rank = np.asarray(rank, dtype=np.float64)
    shifts = [0.0]
    for bits in _BULK_BITS:
        share, expected = _least_share(rank >= _rank_at(against, bits)), 2.0**-bits
        shifts.append(float(np.log2(max(share / expected, 1.0))))
    shift = max(shifts)
    higher = max(_higher(rank, against, bits) for bits in _BODY_BITS)
    ceiling = against.ceiling_bits
    claimed: F64 = np.clip(np.minimum(against.bits(rank) - shift, against.bits(rank - higher)), 0.0, None)
    return claimed, Calibration(max(ceiling - shift, 0.0), 2.0**ceiling, shift)


def _higher(rank: F64, against: Reference, bits: float) -> float:
    """Return by how much at least the rank that one in 2^bits passes lies above the reference's."""
    high = np.sort(rank)[::-1]
    for count in range(int(np.ceil(len(high) * 2.0**-bits)), len(high) + 1):
        if _least_of(count, len(high)) >= 2.0**-bits:
            return max(float(high[count - 1]) - _rank_at(against, bits), 0.0)
    return 0.0


def _rank_at(against: Reference, bits: float) -> float:
    """Return the rank that the share 2^-bits of the reference passes."""
    return float(np.interp(2.0**-bits, against.share[::-1], against.ranks[::-1]))


def _least_share(passed: NDArray[np.bool_]) -> float:
    """Return the lower end of a share's 95 % interval, so that chance shifts nothing."""
    return _least_of(int(np.count_nonzero(passed)), len(passed))


def _least_of(count: int, n: int) -> float:
    """Return the lower end of the 95 % interval of ``count`` out of ``n`` (Wilson 1927)."""
    z = 1.96
    if not n:
        return 0.0
    share = count / n
    middle = share + z * z / (2 * n)
    return (middle - z * float(np.sqrt(share * (1 - share) / n + z * z / (4 * n * n)))) / (1 + z * z / n)
