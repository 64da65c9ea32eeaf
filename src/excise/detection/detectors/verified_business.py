"""A checked business stands behind the actor."""

from typing import ClassVar

import numpy as np

from excise.behavior.profile import Profiles
from excise.detection.detectors import F64, Cause, Detector


class VerifiedBusiness(Detector):
    """The share of exchanges from accounts whose business was checked against a registry.

    An excuse counts because somebody verified it. End-user ids, a mail domain or a company name in the
    request can be typed by anyone and count nothing.
    """

    cause: ClassVar[Cause] = "excuse"
    uses: ClassVar[tuple[str, ...]] = ("verified",)

    def weights(self, profiles: Profiles) -> F64:
        """Weigh the share of verified traffic."""
        return -6.0 * np.nan_to_num(profiles["verified"])

    def sentence(self, values: dict[str, float]) -> str:
        """Say how much."""
        return f"{values['verified']:.0%} of its traffic comes from accounts whose business was verified"
