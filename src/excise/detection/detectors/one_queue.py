"""Accounts take turns as one worker would."""

from typing import ClassVar

import numpy as np

from excise.behavior.profile import Profiles
from excise.detection.detectors import F64, Cause, Detector, tail_bits


class OneQueue(Detector):
    """Requests of the actor's accounts never overlap, though independence predicts that many would.

    Separates from: colleagues and classmates, whose requests overlap as chance has it.
    """

    cause: ClassVar[Cause] = "concealment"
    uses: ClassVar[tuple[str, ...]] = ("overlap", "exchanges")

    def weights(self, profiles: Profiles) -> F64:
        """Weigh how far overlaps fall short."""
        ratio = profiles["overlap"]
        return np.where(ratio < 0.5, tail_bits(ratio, high=False) / 2, 0.0)

    def sentence(self, values: dict[str, float]) -> str:
        """Say how far."""
        return (
            f"its accounts' requests overlap {values['overlap']:.0%} as often as independent accounts' would"
        )
