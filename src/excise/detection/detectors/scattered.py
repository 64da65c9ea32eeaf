"""Accounts that act as one call from unrelated places."""

from typing import ClassVar

import numpy as np

from excise.behavior.profile import Profiles
from excise.detection.detectors import F64, Cause, Detector, tail_bits


class Scattered(Detector):
    """Address blocks per account, for actors of several concealed accounts.

    One traveler roams too; forty accounts of one owner that all roam do so because proxies are rented.
    """

    cause: ClassVar[Cause] = "concealment"
    uses: ClassVar[tuple[str, ...]] = ("blocks_per_account", "concealed_accounts")

    def weights(self, profiles: Profiles) -> F64:
        """Weigh the rarity of the spread, for several accounts."""
        several = np.nan_to_num(profiles["concealed_accounts"], nan=1.0) > 2
        return np.where(several, tail_bits(profiles["blocks_per_account"]) / 2, 0.0)

    def sentence(self, values: dict[str, float]) -> str:
        """Say how many blocks."""
        return f"each account calls from {values['blocks_per_account']:.1f} address blocks on average"
