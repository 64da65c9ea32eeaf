"""Accounts that act as one call from unrelated places."""

from typing import ClassVar

from excise.detection.detectors import Cause, Detector


class Scattered(Detector):
    """Address blocks per account.

    One traveler roams too; forty accounts of one owner that all roam do so because proxies are rented.
    """

    cause: ClassVar[Cause] = "concealment"
    uses: ClassVar[tuple[str, ...]] = ("blocks_per_account",)

    def sentence(self, values: dict[str, float]) -> str:
        """Say how many blocks."""
        return f"each account calls from {values['blocks_per_account']:.1f} address blocks on average"
