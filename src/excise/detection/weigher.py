"""The weigher: what all detectors together say about an actor. Correlated signals are combined, not added."""

from collections.abc import Mapping
from functools import cache

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from excise.behavior.profile import Profiles
from excise.detection.detectors import Detector
from excise.detection.forest import Forest, shipped
from excise.open_folder import members

F64 = NDArray[np.float64]

UNMEASURED = 0.25
"""What the hand-set weights of a detector count that is not in the forest."""


class Weighing(Struct, frozen=True):
    """What each detector adds for each actor, and the rank: the prior and all of it. Shape (actors,) each."""

    profiles: Profiles
    prior: float
    by_detector: Mapping[str, F64]
    rank: F64


def detectors() -> dict[str, Detector]:
    """Return one of each kind of detector, by name."""
    return {name: kind() for name, kind in members("excise.detection.detectors", Detector).items()}  # type: ignore[type-abstract]


def weigh(
    profiles: Profiles, chosen: Mapping[str, Detector] | None = None, forest: Forest | None = None
) -> Weighing:
    """Weigh every actor.

    Args:
        profiles: of the actors.
        chosen: the detectors; all by default.
        forest: what their readings are worth; the shipped one by default.
    """
    used = detectors() if chosen is None else chosen
    measured = _shipped() if forest is None else forest
    actors = len(profiles.actors)
    readings = {name: used[name].reading(profiles) for name in used if name in measured.signals}
    parts = measured.parts(readings, actors)
    by_detector = {
        name: parts[name] if name in readings else UNMEASURED * detector.weights(profiles)
        for name, detector in used.items()
    }
    rank = np.full(actors, measured.prior) + sum(by_detector.values())
    return Weighing(profiles, measured.prior, by_detector, rank)


@cache
def _shipped() -> Forest:
    return shipped()
