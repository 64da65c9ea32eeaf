"""Detectors: one file a reason to think that an actor harvests, or a reason not to.

A detector reads one number off an actor's profile and can say it in a sentence. What the number is worth, in
match weights (log2 of how much more often a harvesting actor would show this than an honest one), is measured
on composed worlds and not set by hand; see ``excise.detection.forest``. "Unusual" is not "harvesting": the
docstring says what separates its signal from an evaluation run, a batch job, a support bot, a templated
application, an aggregator, a class behind one NAT.

Each detector belongs to a *cause*, the kind of thing it speaks of. ``excuse`` holds what speaks against; only
facts that somebody checked, or that nobody would fake, count there.
"""

from abc import ABC, abstractmethod
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from excise.behavior.profile import Profiles

Cause = Literal["concealment", "machine", "newness", "harvest", "excuse"]
CAUSES: tuple[Cause, ...] = ("concealment", "machine", "newness", "harvest", "excuse")

Direction = Literal["up", "down", "either"]

F64 = NDArray[np.float64]


class Detector(ABC):
    """A reason to think that an actor harvests, or not."""

    cause: ClassVar[Cause]
    uses: ClassVar[tuple[str, ...]]
    """The features it reads, by name; the first is its reading."""

    direction: ClassVar[Direction] = "either"
    """Whether a higher reading may only speak for harvesting (``up``), only against it (``down``), or
    ``either``, as was measured. Where reason demands a direction, no measurement may turn it round."""

    purpose: ClassVar[str | None] = None
    """What an actor of whom this is true does, for a headline: "pull reasoning traces". None says nothing of
    purpose."""

    def reading(self, profiles: Profiles) -> F64:
        """Return the number that is judged, shape (actors,); NaN where it is unknown."""
        return profiles[self.uses[0]]

    def weights(self, profiles: Profiles) -> F64:
        """Return match weights set by hand, shape (actors,), for a detector that was not measured yet.

        They count a quarter, and not at all from the moment that the detector is in the measured forest.
        """
        return np.zeros(len(profiles.actors))

    @abstractmethod
    def sentence(self, values: dict[str, float]) -> str:
        """Say to an analyst what was seen; ``values`` are the actor's own features, those in ``uses``."""
