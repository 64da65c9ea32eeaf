"""Many answers are drawn to each prompt."""

from typing import ClassVar

import numpy as np

from excise.behavior.profile import Profiles
from excise.detection.detectors import ALONE, F64, Cause, Detector, tail_bits


class ManyChoices(Detector):
    """Many replies per prompt within a day: the best are kept (rejection sampling, Yuan et al. 2023).

    Separates from: self-consistency in a product (few prompts an hour) by volume; a nightly evaluation (once
    a day).
    """

    cause: ClassVar[Cause] = "harvest"
    uses: ClassVar[tuple[str, ...]] = ("choices_per_prompt", "exchanges", "concealed_accounts")
    purpose: ClassVar[str | None] = "draw many answers to each prompt"

    def weights(self, profiles: Profiles) -> F64:
        """Weigh replies per prompt, from a hundred exchanges on."""
        drawn = profiles["choices_per_prompt"]
        strong = (drawn >= 2) & (profiles["exchanges"] >= 100)
        several = np.nan_to_num(profiles["concealed_accounts"], nan=1.0) > 2
        return np.where(strong, np.where(several, 1.0, ALONE) * tail_bits(drawn), 0.0)

    def sentence(self, values: dict[str, float]) -> str:
        """Say how many."""
        return f"it draws {values['choices_per_prompt']:.1f} answers to each prompt"
