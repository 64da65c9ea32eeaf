"""Its accounts send alike amounts."""

from typing import ClassVar

from excise.detection.detectors import Cause, Detector


class EvenShares(Detector):
    """The spread of volumes over accounts.

    People differ by factors of ten: colleagues, classmates, families. Shares that were dealt do not.
    """

    cause: ClassVar[Cause] = "concealment"
    uses: ClassVar[tuple[str, ...]] = ("volume_spread",)

    def sentence(self, values: dict[str, float]) -> str:
        """Say how far."""
        return f"its accounts' volumes differ by a factor of {2 ** values['volume_spread']:.1f}"
