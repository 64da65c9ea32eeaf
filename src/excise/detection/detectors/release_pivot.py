"""Traffic moves to a new model at once."""

from typing import ClassVar

import numpy as np

from excise.behavior.profile import Profiles
from excise.detection.detectors import F64, Cause, Detector, tail_bits


class ReleasePivot(Detector):
    """The share of traffic that turns to a new model within 48 hours, for several concealed accounts.

    Separates from: enthusiasts (one account) and products that switch by configuration (one account).
    """

    cause: ClassVar[Cause] = "harvest"
    uses: ClassVar[tuple[str, ...]] = ("new_model", "concealed_accounts")
    purpose: ClassVar[str | None] = "moved to a new model at once"

    def weights(self, profiles: Profiles) -> F64:
        """Weigh the share moved, for several accounts."""
        share = profiles["new_model"]
        several = np.nan_to_num(profiles["concealed_accounts"], nan=1.0) > 2
        return np.where(several & (share > 0.3), tail_bits(share), 0.0)

    def sentence(self, values: dict[str, float]) -> str:
        """Say how much."""
        return f"{values['new_model']:.0%} of its traffic went to a new model within 48 hours of its release"
