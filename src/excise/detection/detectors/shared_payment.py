"""Several identities pay with one instrument."""

from typing import ClassVar

import numpy as np

from excise.behavior.profile import Profiles
from excise.detection.detectors import F64, Cause, Detector, tail_bits


class SharedPayment(Detector):
    """Mail domains and organizations behind one payment instrument within the actor.

    Separates from: a company card (one domain), a family (few). Reported of campaigns: shared payment methods
    (Anthropic, February 2026).
    """

    cause: ClassVar[Cause] = "concealment"
    uses: ClassVar[tuple[str, ...]] = ("identities_per_payment",)

    def weights(self, profiles: Profiles) -> F64:
        """Weigh the number of identities."""
        count = np.nan_to_num(profiles["identities_per_payment"], nan=1.0)
        return np.where(count > 1, np.minimum(2 * np.log2(np.maximum(count, 1)), tail_bits(count)), 0.0)

    def sentence(self, values: dict[str, float]) -> str:
        """Say how many."""
        return f"{int(values['identities_per_payment']):,} identities pay with one instrument"
