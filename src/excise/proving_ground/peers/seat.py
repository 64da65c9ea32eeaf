"""How many of an account's queries are near copies of one another."""

from typing import ClassVar

import numpy as np

from excise.proving_ground.peers import UNKNOWN, Peer, Ranking, Seen
from excise.proving_ground.sketched import likeness, sketched

_ALIKE = 0.5


class Seat(Peer):
    """SEAT: the number of similar pairs among the queries of an account.

    The original trains an encoder of images so that adversarial steps come to lie close together, and cuts an
    account off after so many pairs; this one calls two prompts similar where their keyed sketches share half
    of their words (Jaccard 0.5), and ranks by the count. Of an account the first 400 queries are compared.
    """

    source: ClassVar[str] = "Zhang, Chen and Wagner 2021 (AISec)"

    def rank(self, seen: Seen, *, seed: int) -> Ranking:  # noqa: ARG002 - nothing is drawn
        """Count pairs."""
        queries = sketched(seen)
        rank = np.full(len(seen.accounts), UNKNOWN)
        for account in range(len(seen.accounts)):
            words = queries.words[queries.of(account)]
            if words.shape[0]:
                rank[account] = float(np.triu(likeness(words, words) >= _ALIKE, 1).sum())
        return Ranking(rank)
