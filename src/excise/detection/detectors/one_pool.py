"""Its accounts draw from one pool of topics."""

from typing import ClassVar

from excise.detection.detectors import Cause, Detector


class OnePool(Detector):
    """How much closer two prompts of one account are than two of different accounts.

    Services, clients of an agency and colleagues have subjects of their own. A corpus that was dealt out has
    none per account; neither has a class, which sends the same exercise.
    """

    cause: ClassVar[Cause] = "concealment"
    uses: ClassVar[tuple[str, ...]] = ("topics_apart",)

    def sentence(self, values: dict[str, float]) -> str:
        """Say how much closer."""
        ratio = 2 ** values["topics_apart"]
        return f"two prompts of one account share words {ratio:.1f} times as often as prompts of two accounts"
