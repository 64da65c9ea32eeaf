"""Each account works under few instructions."""

from typing import ClassVar

from excise.detection.detectors import Cause, Detector


class OneInstruction(Detector):
    """System prompts per account.

    Developers try many, an application has its own few, people have none.
    """

    cause: ClassVar[Cause] = "machine"
    uses: ClassVar[tuple[str, ...]] = ("systems_per_account",)

    def sentence(self, values: dict[str, float]) -> str:
        """Say how many."""
        return f"an account works under {values['systems_per_account']:.1f} system prompts on average"
