"""Its accounts work one after another."""

from typing import ClassVar

from excise.detection.detectors import Cause, Detector


class HandOver(Detector):
    """How much of the moments of requests differs between accounts.

    Used-up, limited or banned accounts are replaced by the next. So are the guests of one event by those of
    another; they sign up on the day and send little.
    """

    cause: ClassVar[Cause] = "concealment"
    uses: ClassVar[tuple[str, ...]] = ("days_apart",)

    def sentence(self, values: dict[str, float]) -> str:
        """Say how much."""
        share = max(values["days_apart"], 0.0)
        return f"{share:.0%} of the differences in when requests come lie between its accounts"
