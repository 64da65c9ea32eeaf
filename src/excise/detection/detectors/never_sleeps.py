"""The actor has no quiet hours."""

from typing import ClassVar

from excise.behavior.profile import Profiles
from excise.detection.detectors import F64, Cause, Detector, tail_bits


class NeverSleeps(Detector):
    """Quiet hours of the day, few against many.

    Support bots and aggregators do not sleep either; that is why this is one cause of several and worth
    little by itself.
    """

    cause: ClassVar[Cause] = "machine"
    uses: ClassVar[tuple[str, ...]] = ("quiet_hours",)

    def weights(self, profiles: Profiles) -> F64:
        """Weigh how few quiet hours there are."""
        return tail_bits(profiles["quiet_hours"], high=False) / 2

    def sentence(self, values: dict[str, float]) -> str:
        """Say how many."""
        return f"it has {int(values['quiet_hours'])} quiet hours in a day"
