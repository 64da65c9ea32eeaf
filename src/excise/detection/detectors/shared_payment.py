"""Several identities pay with one instrument."""

from typing import ClassVar

from excise.detection.detectors import Cause, Detector, Direction


class SharedPayment(Detector):
    """Mail domains and organizations behind one payment instrument within the actor.

    Separates from: a company card (one domain), a family (few). Reported of campaigns: shared payment methods
    (Anthropic, February 2026).
    """

    cause: ClassVar[Cause] = "concealment"
    uses: ClassVar[tuple[str, ...]] = ("identities_per_payment",)
    direction: ClassVar[Direction] = "up"

    def sentence(self, values: dict[str, float]) -> str:
        """Say how many."""
        return f"{int(values['identities_per_payment']):,} identities pay with one instrument"
