"""How unlike everybody's queries an account's are."""

from typing import ClassVar

import numpy as np

from excise.proving_ground.discrepancy import discrepancies
from excise.proving_ground.peers import UNKNOWN, Peer, Ranking, Seen
from excise.proving_ground.sketched import sketched


class Mmd(Peer):
    """A window of the account's queries against the population, by maximum mean discrepancy.

    The best published detector of query streams. The original compares windows of 1,500 sentence embeddings
    with the history of one benign application; this one takes keyed sketches under the Jaccard kernel, the
    whole log for history (no provider knows which part of it is benign), and windows of 16 to 256 queries, as
    accounts have no more. Accounts with fewer than 16 queries are unknown.
    """

    source: ClassVar[str] = "arXiv 2606.05725 (2026)"

    def rank(self, seen: Seen, *, seed: int) -> Ranking:
        """Compare account by account."""
        queries = sketched(seen)
        apart = discrepancies(queries, queries.account, len(seen.accounts), seed=seed)
        return Ranking(np.where(np.isnan(apart), UNKNOWN, apart))
