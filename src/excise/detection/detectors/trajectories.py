"""Agent trajectories are harvested."""

from typing import ClassVar

from excise.detection.detectors import Cause, Detector, Direction


class TrajectoryHarvest(Detector):
    """Most of many exchanges, over several accounts, are thought, action and observation written out as text.

    Separates from: agents in production, which are one account with live tools.
    """

    cause: ClassVar[Cause] = "harvest"
    uses: ClassVar[tuple[str, ...]] = ("trajectories", "exchanges")
    direction: ClassVar[Direction] = "up"
    purpose: ClassVar[str | None] = "pull agent trajectories"

    def sentence(self, values: dict[str, float]) -> str:
        """Say how often."""
        share, count = values["trajectories"], int(values["exchanges"])
        return f"{share:.0%} of its {count:,} exchanges write out thought, action and observation"
