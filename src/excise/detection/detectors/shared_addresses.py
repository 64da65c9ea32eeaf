"""Several of its accounts call from one address."""

from typing import ClassVar

from excise.detection.detectors import Cause, Detector


class SharedAddresses(Detector):
    """Accounts per address of the actor.

    An office, a campus and a venue put many people behind one address; a crew that runs on one machine does
    so too.
    """

    cause: ClassVar[Cause] = "concealment"
    uses: ClassVar[tuple[str, ...]] = ("accounts_per_address",)

    def sentence(self, values: dict[str, float]) -> str:
        """Say how many."""
        return f"{values['accounts_per_address']:.1f} of its accounts call from one address on average"
