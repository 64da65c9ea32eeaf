"""From rank to bits: how often an innocent actor ranks this high, and what the sample can bear."""

import csv
from collections.abc import Mapping
from importlib.resources import files

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from scipy.special import betaincinv

F64 = NDArray[np.float64]

UNITS_PER_EFFECTIVE = 10.0
"""Honest errors come in blocks (a whole company at once): so many actors count as one independent unit."""

EXCHANGES_PER_BIT = 2.0
"""What was seen of few exchanges is not worth much: two of them bear one bit at most, twenty bear ten.

In the worlds of the reference no harvesting actor with fewer than twenty exchanges ranks high enough for ten
bits anyway.
"""

_STEP = 0.25
_TOLERATED = 2.0
_BULK_BITS = (3.0, 4.0, 5.0)
_BODY_BITS = (2.0, 3.0)


class Reference(Struct, frozen=True):
    """Ranks of honest actors in composed worlds.

    ``ranks`` ascending and ``share`` the share of honest actors that rank at least so high; ``actors`` how
    many there were, ``worlds`` in how many worlds. ``unfamiliar`` is the share that must be reckoned with of
    honest customers of whose kind nothing was learned; claims rest on it, and on ``share`` where it is empty.
    """

    ranks: tuple[float, ...]
    share: tuple[float, ...]
    actors: int
    worlds: int
    unfamiliar: tuple[float, ...] = ()

    @classmethod
    def of(cls, ranks: F64, worlds: int, unfamiliar: Mapping[str, F64] | None = None) -> "Reference":
        """Make a reference of the ranks of honest actors, shape (actors,), of so many worlds.

        The next log has customers of kinds that nobody has described. So each kind is ranked, too, by a
        forest that never saw its like. A claim must hold for all of them together, and no kind alone may
        disprove it by more than a factor of two, its count taken at the lower end of its 95 % interval
        (Clopper and Pearson 1934).

        Args:
            ranks: by the forest that knows all kinds.
            worlds: how many worlds they come from.
            unfamiliar: by honest kind, the ranks by a forest that does not know that kind.

        >>> made = Reference.of(np.array([0.0, 1.0, 1.0, 4.0]), worlds=1)
        >>> made.ranks[:3], made.share[:3]
        ((0.0, 0.25, 0.5), (1.0, 0.75, 0.75))
        >>> made = Reference.of(np.array([0.0, 1.0]), 1, {"monitor": np.array([2.0, 0.0])})
        >>> dict(zip(made.ranks, made.unfamiliar, strict=True))[1.0]
        0.5
        """
        strange = dict(unfamiliar or {})
        high = np.sort(ranks)
        together = np.sort(np.concatenate([high, *strange.values()]))
        grid = np.arange(np.floor(together[0]), together[-1] + 2 * _STEP, _STEP)
        share = _at_least(high, grid) / len(high)
        claimed = share
        if strange:
            pooled = np.sort(np.concatenate(list(strange.values())))
            claimed = np.maximum(share, _at_least(pooled, grid) / len(pooled))
            for mine in strange.values():
                count = _at_least(np.sort(mine), grid)
                proven = betaincinv(np.maximum(count, 1), len(mine) - count + 1, 0.025)
                claimed = np.maximum(claimed, np.where(count > 0, proven / _TOLERATED, 0.0))
        return cls(
            tuple(grid.tolist()),
            tuple(share.tolist()),
            len(high),
            worlds,
            tuple(claimed.tolist()) if strange else (),
        )

    @property
    def ceiling_bits(self) -> float:
        """The most that may be claimed: one in as many effective units as there were."""
        return float(np.log2(max(self.actors / UNITS_PER_EFFECTIVE, 1.0)))

    def bits(self, rank: F64) -> F64:
        """Return the bits of ranks against the reference, not yet adjusted to a log, at most the ceiling."""
        tail = np.interp(rank, self.ranks, self.unfamiliar or self.share, left=1.0, right=0.0)
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
    return Reference(
        tuple(table[:, 0]), tuple(table[:, 1]), int(facts["actors"]), int(facts["worlds"]), tuple(table[:, 2])
    )


def _at_least(high: F64, grid: F64) -> F64:
    """Count the values, ascending, that are at least as high as each of the grid."""
    result: F64 = (len(high) - np.searchsorted(high, grid, side="left")).astype(np.float64)
    return result


def calibrate(rank: F64, against: Reference, exchanges: F64 | None = None) -> tuple[F64, Calibration]:
    """Return the bits that each actor's rank supports, and how they were reached.

    The reference gives ranks their meaning. Where this log's bulk ranks higher than the reference's, honest
    customers here look guiltier than those it was measured on, and every claim is lowered, by the stricter of
    two measures: by as many bits as more actors than one in 8, 16 or 32 pass the rank that belongs there; and
    to what a rank would mean if all ranks were lower by as much as this log's upper quarter and eighth are
    higher. Harvesting actors are few and so hardly touch the bulk; where they do, claims are lowered too far,
    never too little. What few exchanges show is capped by their number (``EXCHANGES_PER_BIT``).

    Args:
        rank: shape (actors,).
        against: the reference.
        exchanges: of how many exchanges each actor's rank was made, shape (actors,); no cap where not given.
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
    if exchanges is not None:
        claimed = np.minimum(claimed, np.nan_to_num(exchanges) / EXCHANGES_PER_BIT)
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
