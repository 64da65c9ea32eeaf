"""Token probabilities are harvested."""

from typing import ClassVar

import numpy as np

from excise.behavior.profile import Profiles
from excise.detection.detectors import ALONE, F64, Cause, Detector, tail_bits


class ProbabilityHarvest(Detector):
    """Nearly all of many exchanges ask for log-probabilities, the teacher's own (Hinton et al. 2015).

    Separates from: calibration studies and rerankers, which ask for them now and then, by volume and share.
    """

    cause: ClassVar[Cause] = "harvest"
    uses: ClassVar[tuple[str, ...]] = ("token_probabilities", "exchanges", "concealed_accounts")
    purpose: ClassVar[str | None] = "pull token probabilities"

    def weights(self, profiles: Profiles) -> F64:
        """Weigh share and volume."""
        share, exchanges = profiles["token_probabilities"], profiles["exchanges"]
        strong = (share > 0.5) & (exchanges >= 100)
        several = np.nan_to_num(profiles["concealed_accounts"], nan=1.0) > 2
        scale = np.where(several, 1.0, ALONE)
        return np.where(strong, scale * tail_bits(np.where(share > 0, share, 0.0)), 0.0)

    def sentence(self, values: dict[str, float]) -> str:
        """Say how often."""
        share, count = values["token_probabilities"], int(values["exchanges"])
        return f"{share:.0%} of its {count:,} exchanges ask for token probabilities"
