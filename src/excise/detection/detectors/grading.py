"""Grades and preferences are harvested."""

from typing import ClassVar

import numpy as np

from excise.behavior.profile import Profiles
from excise.detection.detectors import F64, Cause, Detector, tail_bits


class GradeHarvest(Detector):
    """Most of many exchanges ask for scores or comparisons: a reward model (Anthropic, February 2026).

    Separates from: an application that grades now and then. A company that grades its own product all day
    looks the same; its verification speaks for it.
    """

    cause: ClassVar[Cause] = "harvest"
    uses: ClassVar[tuple[str, ...]] = ("grading", "exchanges", "concealed_accounts")
    purpose: ClassVar[str | None] = "pull grades and preferences"

    def weights(self, profiles: Profiles) -> F64:
        """Weigh share and volume; a single account counts half."""
        share = profiles["grading"]
        strong = (share > 0.5) & (profiles["exchanges"] >= 100)
        several = np.nan_to_num(profiles["concealed_accounts"], nan=1.0) > 2
        return np.where(strong, tail_bits(share) * np.where(several, 0.75, 0.25), 0.0)

    def sentence(self, values: dict[str, float]) -> str:
        """Say how often."""
        share, count = values["grading"], int(values["exchanges"])
        return f"{share:.0%} of its {count:,} exchanges ask for grades or comparisons"
