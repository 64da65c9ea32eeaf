"""The weigher: what all detectors together say about an actor. Correlated signals are combined, not added."""

from collections.abc import Mapping

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from excise.behavior.profile import Profiles
from excise.detection.detectors import CAUSES, Detector
from excise.linking.overlapping import overlapping
from excise.open_folder import members

F64 = NDArray[np.float64]

REST = 0.25
"""What each but the strongest signal of a cause counts."""


class Weighing(Struct, frozen=True):
    """The match weight of each detector and the rank of each actor; shape (actors,) each."""

    profiles: Profiles
    by_detector: Mapping[str, F64]
    rank: F64


def detectors() -> dict[str, Detector]:
    """Return one of each kind of detector, by name."""
    return {name: kind() for name, kind in members("excise.detection.detectors", Detector).items()}  # type: ignore[type-abstract]


def weigh(profiles: Profiles, chosen: Mapping[str, Detector] | None = None) -> Weighing:
    """Weigh every actor: in a cause the strongest detector and a quarter of the others, summed over causes.

    What speaks against (weights below 0) counts in full.
    """
    used = detectors() if chosen is None else chosen
    by_detector = {name: detector.weights(profiles) for name, detector in used.items()}
    rank = np.zeros(len(profiles.actors))
    for cause in CAUSES:
        inside = [by_detector[name] for name, detector in used.items() if detector.cause == cause]
        if not inside:
            continue
        rank += overlapping(np.stack(inside), rest=REST)
    return Weighing(profiles, by_detector, rank)
