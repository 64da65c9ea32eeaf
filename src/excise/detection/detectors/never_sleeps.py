"""The actor has no quiet hours."""

from typing import ClassVar

from excise.detection.detectors import Cause, Detector


class NeverSleeps(Detector):
    """Quiet hours of the day, few against many.

    Support bots and aggregators do not sleep either; that is why this is one cause of several and worth
    little by itself.
    """

    cause: ClassVar[Cause] = "machine"
    uses: ClassVar[tuple[str, ...]] = ("quiet_hours",)

    def sentence(self, values: dict[str, float]) -> str:
        """Say how many."""
        return f"it has {int(values['quiet_hours'])} quiet hours in a day"
