"""Reasoning is asked for in every request, by several accounts."""

from typing import ClassVar

from excise.detection.detectors import Cause, Detector, Direction


class ReasoningHarvest(Detector):
    """The share of exchanges that ask for the way to the answer.

    One student's "step by step" says nothing; the same demand in most requests of many accounts that act as
    one does (Anthropic, September 2026: one fixed prompt injected in every request).
    """

    cause: ClassVar[Cause] = "harvest"
    uses: ClassVar[tuple[str, ...]] = ("reasoning_asked",)
    direction: ClassVar[Direction] = "up"
    purpose: ClassVar[str | None] = "pull reasoning traces"

    def sentence(self, values: dict[str, float]) -> str:
        """Say how often."""
        return f"{values['reasoning_asked']:.0%} of its exchanges ask for the reasoning"
