"""It sends what everybody sends."""

from typing import ClassVar

import numpy as np

from excise.behavior.profile import Profiles
from excise.detection.detectors import F64, Cause, Detector


class PublicMaterial(Detector):
    """The share of prompts that unrelated actors sent too: benchmarks, homework.

    A harvester may mix public prompts in, and pays for each; so the excuse is weak and never covers what is
    not public.
    """

    cause: ClassVar[Cause] = "excuse"
    uses: ClassVar[tuple[str, ...]] = ("public_prompts",)

    def weights(self, profiles: Profiles) -> F64:
        """Weigh the share of public prompts."""
        return -3.0 * np.nan_to_num(profiles["public_prompts"])

    def sentence(self, values: dict[str, float]) -> str:
        """Say how much."""
        return f"{values['public_prompts']:.0%} of its prompts were sent by unrelated accounts too"
