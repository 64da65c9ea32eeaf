"""How honest customers rank whose like was never seen: kind by kind, by forests that do not know the kind."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from excise.detection.forest import Forest
from excise.detection.weigher import detectors
from excise.proving_ground.growing import grow
from excise.proving_ground.readings import Readings

F64 = NDArray[np.float64]

GROUPS: Final = 8
"""Kinds are left out an eighth at a time, two or three: who is new in a log does not come alone."""


def unfamiliar(taught: Readings, read: Readings, *, seed: int) -> dict[str, F64]:
    """Return the ranks of honest actors by kind, each by a forest grown without any of its kind.

    Args:
        taught: what the forests are grown on.
        read: whose actors are ranked; may be the same worlds, as nobody is ranked by a forest that saw him.
        seed: of the dealing of kinds and the growing.
    """
    honest = read.where(~read.guilty & ~read.mixed)
    kinds = sorted(set(honest.kind.tolist()))
    found = {}
    for out in np.array_split(np.random.default_rng(seed).permutation(kinds), min(GROUPS, len(kinds))):
        forest = grow(taught.where(~np.isin(taught.kind, out)), detectors(), seed=seed)
        for kind in out:
            found[str(kind)] = ranks(forest, honest.where(honest.kind == kind))
    return found


def ranks(forest: Forest, readings: Readings) -> F64:
    """Return the rank of each actor under a forest, shape (actors,)."""
    actors = len(readings.guilty)
    rank: F64 = np.full(actors, forest.prior) + sum(forest.parts(readings.columns, actors).values())
    return rank
