"""Many answers are drawn to each prompt."""

from typing import ClassVar

from excise.detection.detectors import Cause, Detector, Direction


class ManyChoices(Detector):
    """Many replies per prompt within a day: the best are kept (rejection sampling, Yuan et al. 2023).

    Separates from: self-consistency in a product (few prompts an hour) by volume; a nightly evaluation (once
    a day).
    """

    cause: ClassVar[Cause] = "harvest"
    uses: ClassVar[tuple[str, ...]] = ("choices_per_prompt",)
    direction: ClassVar[Direction] = "up"
    purpose: ClassVar[str | None] = "draw many answers to each prompt"

    def sentence(self, values: dict[str, float]) -> str:
        """Say how many."""
        return f"it draws {values['choices_per_prompt']:.1f} answers to each prompt"
