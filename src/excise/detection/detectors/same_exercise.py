"""Its accounts send each other's prompts."""

from typing import ClassVar

import numpy as np

from excise.behavior.profile import Profiles
from excise.detection.detectors import F64, Cause, Detector


class SameExercise(Detector):
    """The share of prompts that several of the actor's accounts sent, each once.

    A class, a workshop, a shared bookmark: many people with one exercise. Against harvesting, as nobody pays
    twice for one answer; a harvester that does to look like a class loses that share of its yield.
    """

    cause: ClassVar[Cause] = "excuse"
    uses: ClassVar[tuple[str, ...]] = ("collisions",)

    def weights(self, profiles: Profiles) -> F64:
        """Weigh the share of shared prompts."""
        return -6.0 * np.nan_to_num(profiles["collisions"])

    def sentence(self, values: dict[str, float]) -> str:
        """Say how much."""
        return f"{values['collisions']:.0%} of its prompts were sent by more than one of its accounts"
