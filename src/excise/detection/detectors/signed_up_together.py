"""Its accounts were opened together."""

from typing import ClassVar

from excise.detection.detectors import Cause, Detector


class SignedUpTogether(Detector):
    """The spread of sign-up times over accounts.

    Guests of a workshop open theirs within an hour too: this tells little without what they do next.
    """

    cause: ClassVar[Cause] = "newness"
    uses: ClassVar[tuple[str, ...]] = ("sign_up_spread",)

    def sentence(self, values: dict[str, float]) -> str:
        """Say over how long."""
        return f"half of its accounts were opened within {2 ** values['sign_up_spread'] / 24:,.1f} days"
