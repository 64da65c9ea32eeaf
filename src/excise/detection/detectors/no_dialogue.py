"""It does not answer to what it is told."""

from typing import ClassVar

from excise.detection.detectors import Cause, Detector


class NoDialogue(Detector):
    """How much a turn picks up of the reply before it.

    People and live agents do; turns that were prepared do not, however many there are.
    """

    cause: ClassVar[Cause] = "machine"
    uses: ClassVar[tuple[str, ...]] = ("follow_ups",)

    def sentence(self, values: dict[str, float]) -> str:
        """Say how much."""
        return f"a turn picks up {values['follow_ups']:.0%} of its rarer words from the reply before it"
