"""The actor spaces its requests evenly."""

from typing import ClassVar

from excise.behavior.profile import Profiles
from excise.detection.detectors import F64, Cause, Detector, tail_bits


class Metronome(Detector):
    """The spread of gaps between requests, small against large.

    Batch jobs and evaluations are as even; see ``never_sleeps``.
    """

    cause: ClassVar[Cause] = "machine"
    uses: ClassVar[tuple[str, ...]] = ("gap_spread",)

    def weights(self, profiles: Profiles) -> F64:
        """Weigh how even the gaps are."""
        return tail_bits(profiles["gap_spread"], high=False) / 2

    def sentence(self, values: dict[str, float]) -> str:
        """Say how even."""
        return f"half of its gaps between requests lie within a factor of {2 ** values['gap_spread']:.1f}"
