"""Its accounts send each other's prompts."""

from typing import ClassVar

from excise.detection.detectors import Cause, Detector, Direction


class SameExercise(Detector):
    """The share of prompts that several of the actor's accounts sent, each once.

    A class, a workshop, a shared bookmark: many people with one exercise. Against harvesting, as nobody pays
    twice for one answer; a harvester that does to look like a class loses that share of its yield.
    """

    cause: ClassVar[Cause] = "excuse"
    uses: ClassVar[tuple[str, ...]] = ("collisions",)
    direction: ClassVar[Direction] = "down"

    def sentence(self, values: dict[str, float]) -> str:
        """Say how much."""
        return f"{values['collisions']:.0%} of its prompts were sent by more than one of its accounts"
