"""How long its accounts stay in use."""

from typing import ClassVar

from excise.detection.detectors import Cause, Detector


class InUse(Detector):
    """The part of the window between an account's first and last exchange.

    Customers stay; guests come for a day; what was bought is used up.
    """

    cause: ClassVar[Cause] = "newness"
    uses: ClassVar[tuple[str, ...]] = ("span",)

    def sentence(self, values: dict[str, float]) -> str:
        """Say how long."""
        return f"an account is in use for {values['span']:.0%} of the window on average"
