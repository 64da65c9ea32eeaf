"""Token probabilities are harvested."""

from typing import ClassVar

from excise.detection.detectors import Cause, Detector, Direction


class ProbabilityHarvest(Detector):
    """Nearly all of many exchanges ask for log-probabilities, the teacher's own (Hinton et al. 2015).

    Separates from: calibration studies and rerankers, which ask for them now and then, by volume and share.
    """

    cause: ClassVar[Cause] = "harvest"
    uses: ClassVar[tuple[str, ...]] = ("token_probabilities", "exchanges")
    direction: ClassVar[Direction] = "up"
    purpose: ClassVar[str | None] = "pull token probabilities"

    def sentence(self, values: dict[str, float]) -> str:
        """Say how often."""
        share, count = values["token_probabilities"], int(values["exchanges"])
        return f"{share:.0%} of its {count:,} exchanges ask for token probabilities"
