"""Its accounts send requests of the same size."""

from typing import ClassVar

from excise.detection.detectors import Cause, Detector


class LikeRequests(Detector):
    """How much of the size of requests differs between accounts.

    Services send along what they need, people their own history; a harvest sends one kind of request.
    """

    cause: ClassVar[Cause] = "concealment"
    uses: ClassVar[tuple[str, ...]] = ("requests_apart",)

    def sentence(self, values: dict[str, float]) -> str:
        """Say how much."""
        share = max(values["requests_apart"], 0.0)
        return f"{share:.0%} of the differences in the size of requests lie between its accounts"
