"""Reasoning is asked for in every request, by several accounts."""

from typing import ClassVar

import numpy as np

from excise.behavior.profile import Profiles
from excise.detection.detectors import F64, Cause, Detector, tail_bits


class ReasoningHarvest(Detector):
    """The share of exchanges that ask for the way to the answer, for actors of several concealed accounts.

    One student's "step by step" says nothing; the same demand in most requests of many accounts that act as
    one does (Anthropic, September 2026: one fixed prompt injected in every request).
    """

    cause: ClassVar[Cause] = "harvest"
    uses: ClassVar[tuple[str, ...]] = ("reasoning_asked", "concealed_accounts")
    purpose: ClassVar[str | None] = "pull reasoning traces"

    def weights(self, profiles: Profiles) -> F64:
        """Weigh the share, for several accounts."""
        share = profiles["reasoning_asked"]
        several = np.nan_to_num(profiles["concealed_accounts"], nan=1.0) > 2
        return np.where(several & (share > 0.5), tail_bits(share) / 2, 0.0)

    def sentence(self, values: dict[str, float]) -> str:
        """Say how often."""
        return f"{values['reasoning_asked']:.0%} of its exchanges ask for the reasoning"
