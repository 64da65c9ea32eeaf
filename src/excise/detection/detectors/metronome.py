"""The actor spaces its requests evenly."""

from typing import ClassVar

from excise.detection.detectors import Cause, Detector


class Metronome(Detector):
    """The spread of gaps between requests, small against large.

    Batch jobs and evaluations are as even; see ``never_sleeps``.
    """

    cause: ClassVar[Cause] = "machine"
    uses: ClassVar[tuple[str, ...]] = ("gap_spread",)

    def sentence(self, values: dict[str, float]) -> str:
        """Say how even."""
        return f"half of its gaps between requests lie within a factor of {2 ** values['gap_spread']:.1f}"
