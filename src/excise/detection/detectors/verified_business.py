"""A checked business stands behind the actor."""

from typing import ClassVar

from excise.detection.detectors import Cause, Detector, Direction


class VerifiedBusiness(Detector):
    """The share of exchanges from accounts whose business was checked against a registry.

    An excuse counts because somebody verified it. End-user ids, a mail domain or a company name in the
    request can be typed by anyone and count nothing.
    """

    cause: ClassVar[Cause] = "excuse"
    uses: ClassVar[tuple[str, ...]] = ("verified",)
    direction: ClassVar[Direction] = "down"

    def sentence(self, values: dict[str, float]) -> str:
        """Say how much."""
        return f"{values['verified']:.0%} of its traffic comes from accounts whose business was verified"
