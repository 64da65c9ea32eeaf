"""One owner runs many accounts and does not say so."""

from typing import ClassVar

import numpy as np

from excise.behavior.profile import Profiles
from excise.detection.detectors import F64, Cause, Detector, tail_bits

_ALONE, _PAIR = -2.0, -1.0


class ManyAccounts(Detector):
    """The number of accounts held to have one owner, those of one verified organization counted once.

    Separates from: a company of linked seats (openly one), a class behind one NAT (identical prompts at
    unrelated times keep its accounts apart), an aggregator (one account). The weight grows with the logarithm
    of the number, never faster than its rarity in the log. One account, and still two, speak against:
    many people have a second one, and few campaigns stop there.
    """

    cause: ClassVar[Cause] = "concealment"
    uses: ClassVar[tuple[str, ...]] = ("concealed_accounts",)

    def weights(self, profiles: Profiles) -> F64:
        """Weigh the number of concealed accounts."""
        count = profiles["concealed_accounts"]
        several = np.minimum(np.log2(np.fmax(count, 1.0)), tail_bits(count))
        return np.select([np.isnan(count), count > 2, count == 2], [0.0, several, _PAIR], _ALONE)

    def sentence(self, values: dict[str, float]) -> str:
        """Say how many."""
        count = int(values["concealed_accounts"])
        return (
            f"{count:,} accounts act as one and nothing declares them so"
            if count > 1
            else "it runs a single account"
        )
