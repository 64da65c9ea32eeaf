"""Its accounts write prompts of the same length."""

from typing import ClassVar

from excise.detection.detectors import Cause, Detector


class LikePrompts(Detector):
    """How much of the length of prompts differs between accounts.

    Terse people stay terse; whoever draws from one corpus has its spread.
    """

    cause: ClassVar[Cause] = "concealment"
    uses: ClassVar[tuple[str, ...]] = ("prompts_apart",)

    def sentence(self, values: dict[str, float]) -> str:
        """Say how much."""
        return f"{max(values['prompts_apart'], 0):.0%} of the differences in the length of prompts lie between its accounts"
