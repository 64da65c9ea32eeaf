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
    uses: ClassVar[tuple[str, ...]] = ("collisions", "choices_per_prompt")

    def weights(self, profiles: Profiles) -> F64:
        """Weigh the share of shared prompts."""
        once = ~(profiles["choices_per_prompt"] >= 2)
        return np.where(once, -6.0 * np.nan_to_num(profiles["collisions"]), 0.0)

    def sentence(self, values: dict[str, float]) -> str:
        """Say how much."""
        return f"{values['collisions']:.0%} of its prompts were sent by more than one of its accounts"
