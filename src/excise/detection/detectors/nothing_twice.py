"""Its accounts never repeat themselves."""

from typing import ClassVar

from excise.detection.detectors import Cause, Detector


class NothingTwice(Detector):
    """Distinct prompts per exchange.

    Support bots and batch jobs never do either, so this speaks only together with others. Monitors and
    evaluations repeat.
    """

    cause: ClassVar[Cause] = "machine"
    uses: ClassVar[tuple[str, ...]] = ("distinct_prompts",)

    def sentence(self, values: dict[str, float]) -> str:
        """Say how much."""
        return f"{values['distinct_prompts']:.0%} of an account's prompts are new ones"
