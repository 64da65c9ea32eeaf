"""It sends what everybody sends."""

from typing import ClassVar

from excise.detection.detectors import Cause, Detector, Direction


class PublicMaterial(Detector):
    """The share of prompts that unrelated actors sent too: benchmarks, homework.

    A harvester may mix public prompts in, and pays for each; so the excuse is weak and never covers what is
    not public.
    """

    cause: ClassVar[Cause] = "excuse"
    uses: ClassVar[tuple[str, ...]] = ("public_prompts",)
    direction: ClassVar[Direction] = "down"

    def sentence(self, values: dict[str, float]) -> str:
        """Say how much."""
        return f"{values['public_prompts']:.0%} of its prompts were sent by unrelated accounts too"
