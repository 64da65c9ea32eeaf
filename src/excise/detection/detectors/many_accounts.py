"""One owner runs many accounts and does not say so."""

from typing import ClassVar

from excise.detection.detectors import Cause, Detector, Direction


class ManyAccounts(Detector):
    """The number of accounts held to have one owner, those of one verified organization counted once.

    Separates from: a company of linked seats (openly one), a class behind one NAT (identical prompts at
    unrelated times keep its accounts apart), an aggregator (one account). One account, and still two, speak
    against: many people have a second one, and few campaigns stop there.
    """

    cause: ClassVar[Cause] = "concealment"
    uses: ClassVar[tuple[str, ...]] = ("concealed_accounts",)
    direction: ClassVar[Direction] = "up"

    def sentence(self, values: dict[str, float]) -> str:
        """Say how many."""
        count = int(values["concealed_accounts"])
        return (
            f"{count:,} accounts act as one and nothing declares them so"
            if count > 1
            else "it runs a single account"
        )
