"""How much each account sends."""

from typing import ClassVar

from excise.detection.detectors import Cause, Detector


class ShareSize(Detector):
    """Exchanges per account.

    Volume accuses nobody: honest heavy users are the outliers of every such count. It tells a guest of a
    workshop, who sends five, from an account that has a share of a harvest to send.
    """

    cause: ClassVar[Cause] = "machine"
    uses: ClassVar[tuple[str, ...]] = ("exchanges_per_account",)

    def sentence(self, values: dict[str, float]) -> str:
        """Say how much."""
        return f"an account sends {values['exchanges_per_account']:,.0f} exchanges on average"
