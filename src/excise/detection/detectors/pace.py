"""How busy an account is while it works."""

from typing import ClassVar

from excise.detection.detectors import Cause, Detector


class Pace(Detector):
    """Exchanges of an account in an hour in which it sends any.

    A sitting is ten; limits per account keep a patient harvest at one or two; a batch job takes hundreds.
    """

    cause: ClassVar[Cause] = "machine"
    uses: ClassVar[tuple[str, ...]] = ("exchanges_per_hour",)

    def sentence(self, values: dict[str, float]) -> str:
        """Say how many."""
        return f"an account at work sends {values['exchanges_per_hour']:.1f} exchanges an hour"
