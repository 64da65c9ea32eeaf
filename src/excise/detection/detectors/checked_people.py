"""Different people were checked behind its accounts."""

from typing import ClassVar

from excise.detection.detectors import Cause, Detector, Direction


class CheckedPeople(Detector):
    """The share of accounts whose holder's identity was checked.

    Accounts of checked people are likely to be what they seem; identities can be bought, so this counts less
    than a checked business.
    """

    cause: ClassVar[Cause] = "excuse"
    uses: ClassVar[tuple[str, ...]] = ("verified_people",)
    direction: ClassVar[Direction] = "down"

    def sentence(self, values: dict[str, float]) -> str:
        """Say how many."""
        return f"{values['verified_people']:.0%} of its accounts belong to people whose identity was checked"
