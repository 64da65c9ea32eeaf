"""New tasks are harvested."""

from typing import ClassVar

from excise.detection.detectors import Cause, Detector, Direction


class TaskHarvest(Detector):
    """Most of many exchanges ask for new tasks or harder versions (Self-Instruct, Evol-Instruct).

    Separates from: a teacher who asks for a quiz, by volume and share.
    """

    cause: ClassVar[Cause] = "harvest"
    uses: ClassVar[tuple[str, ...]] = ("bootstrapping", "exchanges")
    direction: ClassVar[Direction] = "up"
    purpose: ClassVar[str | None] = "pull new training tasks"

    def sentence(self, values: dict[str, float]) -> str:
        """Say how often."""
        share, count = values["bootstrapping"], int(values["exchanges"])
        return f"{share:.0%} of its {count:,} exchanges ask for new tasks or harder versions"
