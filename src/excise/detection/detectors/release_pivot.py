"""Traffic moves to a new model at once."""

from typing import ClassVar

from excise.detection.detectors import Cause, Detector, Direction


class ReleasePivot(Detector):
    """The share of traffic that turns to a new model within 48 hours of its release.

    Separates from: enthusiasts (one account) and products that switch by configuration (one account).
    """

    cause: ClassVar[Cause] = "harvest"
    uses: ClassVar[tuple[str, ...]] = ("new_model",)
    direction: ClassVar[Direction] = "up"
    purpose: ClassVar[str | None] = "moved to a new model at once"

    def sentence(self, values: dict[str, float]) -> str:
        """Say how much."""
        return f"{values['new_model']:.0%} of its traffic went to a new model within 48 hours of its release"
