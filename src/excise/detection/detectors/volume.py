"""How much it has pulled."""

from typing import ClassVar

import numpy as np

from excise.behavior.profile import Profiles
from excise.detection.detectors import F64, Cause, Detector


class Volume(Detector):
    """Exchanges of the actor against three hundred, a small training set.

    Volume accuses nobody: honest heavy users are the outliers of every such count. But an actor that pulled a
    hundred answers has not pulled a data set yet, and that speaks for it.
    """

    cause: ClassVar[Cause] = "excuse"
    uses: ClassVar[tuple[str, ...]] = ("exchanges",)

    def weights(self, profiles: Profiles) -> F64:
        """Weigh how far the volume falls short."""
        return np.clip(np.log2(np.nan_to_num(profiles["exchanges"], nan=300.0) / 300.0), -3.0, 0.0)

    def sentence(self, values: dict[str, float]) -> str:
        """Say how much."""
        return f"it sent {int(values['exchanges']):,} exchanges, fewer than a data set takes"
