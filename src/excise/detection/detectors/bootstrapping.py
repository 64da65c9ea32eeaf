"""New tasks are harvested."""

from typing import ClassVar

import numpy as np

from excise.behavior.profile import Profiles
from excise.detection.detectors import F64, Cause, Detector, tail_bits


class TaskHarvest(Detector):
    """Most of many exchanges ask for new tasks or harder versions (Self-Instruct, Evol-Instruct).

    Separates from: a teacher who asks for a quiz, by volume and share.
    """

    cause: ClassVar[Cause] = "harvest"
    uses: ClassVar[tuple[str, ...]] = ("bootstrapping", "exchanges", "concealed_accounts")
    purpose: ClassVar[str | None] = "pull new training tasks"

    def weights(self, profiles: Profiles) -> F64:
        """Weigh share and volume; a single account counts half."""
        share = profiles["bootstrapping"]
        strong = (share > 0.5) & (profiles["exchanges"] >= 100)
        several = np.nan_to_num(profiles["concealed_accounts"], nan=1.0) > 2
        return np.where(strong, tail_bits(share) * np.where(several, 0.75, 0.25), 0.0)

    def sentence(self, values: dict[str, float]) -> str:
        """Say how often."""
        share, count = values["bootstrapping"], int(values["exchanges"])
        return f"{share:.0%} of its {count:,} exchanges ask for new tasks or harder versions"
