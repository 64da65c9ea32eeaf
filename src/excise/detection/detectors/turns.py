"""Who of its accounts sends next is dealt, not decided."""

from typing import ClassVar

from excise.detection.detectors import Cause, Detector


class Turns(Detector):
    """How often an account goes on after itself, against chance.

    People sit down and send several in a row, so that colleagues, classmates and guests of a workshop are
    high. A dealer that goes round its accounts is low, also where the rest of the crew looks like people.
    """

    cause: ClassVar[Cause] = "concealment"
    uses: ClassVar[tuple[str, ...]] = ("turn_taking",)

    def sentence(self, values: dict[str, float]) -> str:
        """Say how often."""
        ratio = 2 ** values["turn_taking"]
        return f"after a request the same account sends again {ratio:.1f} times as often as chance has it"
