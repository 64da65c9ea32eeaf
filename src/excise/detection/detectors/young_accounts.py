"""Accounts went to work soon after sign-up."""

from typing import ClassVar

from excise.behavior.profile import Profiles
from excise.detection.detectors import F64, Cause, Detector, tail_bits


class YoungAccounts(Detector):
    """Median age of the accounts at their first exchange, low against high.

    Every honest customer was new once: weak by itself. Aged accounts are bought, and then it is silent.
    """

    cause: ClassVar[Cause] = "newness"
    uses: ClassVar[tuple[str, ...]] = ("account_age",)

    def weights(self, profiles: Profiles) -> F64:
        """Weigh how young they are."""
        return tail_bits(profiles["account_age"], high=False) / 2

    def sentence(self, values: dict[str, float]) -> str:
        """Say how old."""
        return f"its accounts were {values['account_age']:.0f} days old at their first exchange"
