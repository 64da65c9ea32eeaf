"""It is at work every day."""

from typing import ClassVar

from excise.detection.detectors import Cause, Detector


class EveryDay(Detector):
    """Days of the window with an exchange.

    So are services; guests and evaluations are not.
    """

    cause: ClassVar[Cause] = "machine"
    uses: ClassVar[tuple[str, ...]] = ("days_active",)

    def sentence(self, values: dict[str, float]) -> str:
        """Say how many."""
        return f"it is at work on {values['days_active']:.0%} of the days"
