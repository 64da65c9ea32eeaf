"""Accounts take turns as one worker would."""

from typing import ClassVar

from excise.detection.detectors import Cause, Detector


class OneQueue(Detector):
    """Requests of the actor's accounts never overlap, though independence predicts that many would.

    Separates from: colleagues and classmates, whose requests overlap as chance has it.
    """

    cause: ClassVar[Cause] = "concealment"
    uses: ClassVar[tuple[str, ...]] = ("overlap",)

    def sentence(self, values: dict[str, float]) -> str:
        """Say how far."""
        return (
            f"its accounts' requests overlap {values['overlap']:.0%} as often as independent accounts' would"
        )
