"""Agent trajectories are harvested."""

from typing import ClassVar

import numpy as np

from excise.behavior.profile import Profiles
from excise.detection.detectors import F64, Cause, Detector, tail_bits


class TrajectoryHarvest(Detector):
    """Most of many exchanges, over several accounts, are thought, action and observation written out as text.

    Separates from: agents in production, which are one account with live tools.
    """

    cause: ClassVar[Cause] = "harvest"
    uses: ClassVar[tuple[str, ...]] = ("trajectories", "exchanges", "concealed_accounts")
    purpose: ClassVar[str | None] = "pull agent trajectories"

    def weights(self, profiles: Profiles) -> F64:
        """Weigh share and volume; a single account counts half."""
        share = profiles["trajectories"]
        strong = (share > 0.5) & (profiles["exchanges"] >= 100)
        several = np.nan_to_num(profiles["concealed_accounts"], nan=1.0) > 2
        return np.where(strong, tail_bits(share) * np.where(several, 0.75, 0.25), 0.0)

    def sentence(self, values: dict[str, float]) -> str:
        """Say how often."""
        share, count = values["trajectories"], int(values["exchanges"])
        return f"{share:.0%} of its {count:,} exchanges write out thought, action and observation"
