"""Its accounts get replies of the same length."""

from typing import ClassVar

from excise.detection.detectors import Cause, Detector


class LikeReplies(Detector):
    """How much of the length of replies differs between accounts.

    Services of one company ask for different things; a harvest asks for one.
    """

    cause: ClassVar[Cause] = "concealment"
    uses: ClassVar[tuple[str, ...]] = ("replies_apart",)

    def sentence(self, values: dict[str, float]) -> str:
        """Say how much."""
        return f"{max(values['replies_apart'], 0):.0%} of the differences in the length of replies lie between its accounts"
