"""Grades and preferences are harvested."""

from typing import ClassVar

from excise.detection.detectors import Cause, Detector, Direction


class GradeHarvest(Detector):
    """Most of many exchanges ask for scores or comparisons: a reward model (Anthropic, February 2026).

    Separates from: an application that grades now and then. A company that grades its own product all day
    looks the same; its verification speaks for it.
    """

    cause: ClassVar[Cause] = "harvest"
    uses: ClassVar[tuple[str, ...]] = ("grading", "exchanges")
    direction: ClassVar[Direction] = "up"
    purpose: ClassVar[str | None] = "pull grades and preferences"

    def sentence(self, values: dict[str, float]) -> str:
        """Say how often."""
        share, count = values["grading"], int(values["exchanges"])
        return f"{share:.0%} of its {count:,} exchanges ask for grades or comparisons"
