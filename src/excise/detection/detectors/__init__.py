"""Detectors: one file a reason to think that an actor harvests, or a reason not to.

A detector reads profiles and gives each actor a match weight: log2 of how much more often a harvesting actor
would show this than an honest one. "Unusual" is not "harvesting": the docstring says what separates its
signal from an evaluation run, a batch job, a support bot, a templated application, an aggregator, a class
behind one NAT.

Each detector belongs to a *cause*. Signals of one cause are correlated and so are not added: the strongest
counts in full, the others a quarter. ``excuse`` holds what speaks against; only facts that somebody checked
count there.
"""

from abc import ABC, abstractmethod
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from excise.behavior.profile import Profiles

Cause = Literal["concealment", "machine", "newness", "harvest", "excuse"]
CAUSES: tuple[Cause, ...] = ("concealment", "machine", "newness", "harvest", "excuse")

F64 = NDArray[np.float64]

MOST = 6.0
"""No single population tail is worth more bits than this: beyond it the sample is too thin to know the
tail."""


ALONE = 0.6
"""What a near-proof of a tactic counts for an actor of one or two accounts: researchers are such, and do the
same."""


class Detector(ABC):
    """A reason to think that an actor harvests, or not."""

    cause: ClassVar[Cause]
    uses: ClassVar[tuple[str, ...]]
    """The features it reads, by name."""

    purpose: ClassVar[str | None] = None
    """What an actor of whom this is true does, for a headline: "pull reasoning traces". None says nothing of
    purpose."""

    @abstractmethod
    def weights(self, profiles: Profiles) -> F64:
        """Return the match weight of each actor, shape (actors,); 0 where nothing can be said."""

    @abstractmethod
    def sentence(self, values: dict[str, float]) -> str:
        """Say to an analyst what was seen; ``values`` are the actor's own features, those in ``uses``."""


def tail_bits(values: F64, *, high: bool = True) -> F64:
    """Return how rare it is among actors to be this extreme, in bits, at most ``MOST``; 0 where unknown.

    ``-log2((1 + actors at least as extreme) / (1 + actors))``: a conformal p-value (Vovk, Gammerman and
    Shafer 2005, chapter 2) against the log's own population, harvesters included, which errs to the safe
    side.

    >>> np.abs(tail_bits(np.array([1.0, 2.0, np.nan, 9.0]))).round(3).tolist()
    [0.0, 0.415, 0.0, 1.0]
    """
    known = ~np.isnan(values)
    signed = np.sort(values[known] if high else -values[known])
    bits = np.zeros(len(values))
    extreme = len(signed) - np.searchsorted(signed, values[known] if high else -values[known], side="left")
    bits[known] = -np.log2(np.minimum((1 + extreme) / (1 + len(signed)), 1.0))
    return np.clip(bits, 0.0, MOST) + 0.0
