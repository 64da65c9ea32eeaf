"""Accounts went to work soon after sign-up."""

from typing import ClassVar

from excise.detection.detectors import Cause, Detector


class YoungAccounts(Detector):
    """Median age of the accounts at their first exchange, low against high.

    Every honest customer was new once: weak by itself. Aged accounts are bought, and then it is silent.
    """

    cause: ClassVar[Cause] = "newness"
    uses: ClassVar[tuple[str, ...]] = ("account_age",)

    def sentence(self, values: dict[str, float]) -> str:
        """Say how old."""
        return f"its accounts were {values['account_age']:.0f} days old at their first exchange"
