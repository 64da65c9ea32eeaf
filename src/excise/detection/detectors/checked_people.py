"""Different people were checked behind its accounts."""

from typing import ClassVar

import numpy as np

from excise.behavior.profile import Profiles
from excise.detection.detectors import F64, Cause, Detector


class CheckedPeople(Detector):
    """The share of accounts whose holder's identity was checked, for actors of several accounts.

    Accounts of checked people are likely to be what they seem; identities can be bought, so this counts half
    of what a checked business does.
    """

    cause: ClassVar[Cause] = "excuse"
    uses: ClassVar[tuple[str, ...]] = ("verified_people", "accounts")

    def weights(self, profiles: Profiles) -> F64:
        """Weigh the share of checked people."""
        several = profiles["accounts"] > 1
        return np.where(several, -3.0 * np.nan_to_num(profiles["verified_people"]), 0.0)

    def sentence(self, values: dict[str, float]) -> str:
        """Say how many."""
        return f"{values['verified_people']:.0%} of its accounts belong to people whose identity was checked"
