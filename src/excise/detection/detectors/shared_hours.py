"""Its accounts keep the same hours."""

from typing import ClassVar

from excise.detection.detectors import Cause, Detector


class SharedHours(Detector):
    """How much of the time of day differs between accounts.

    Everyone has hours of their own, and one sitting is one evening; accounts that work off one queue share
    its day. Services that run around the clock share theirs too: weak where nothing else speaks.
    """

    cause: ClassVar[Cause] = "concealment"
    uses: ClassVar[tuple[str, ...]] = ("hours_apart",)

    def sentence(self, values: dict[str, float]) -> str:
        """Say how much."""
        return f"{max(values['hours_apart'], 0):.0%} of the differences in its hours lie between its accounts"
