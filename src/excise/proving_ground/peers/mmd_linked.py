"""How unlike everybody's queries those of a linked cluster are."""

from typing import ClassVar

import numpy as np

from excise.proving_ground.discrepancy import discrepancies
from excise.proving_ground.peers import UNKNOWN, Peer, Ranking, Seen
from excise.proving_ground.sketched import sketched


class MmdLinked(Peer):
    """A window of the queries of all accounts that our linking gives one owner, against the population.

    What the method of ``mmd`` lacks is queries enough of one account; pooled by cluster it has them. The
    linking is ours, so its actors are not reported as the peer's. As there, keyed sketches stand in for
    embeddings.
    """

    source: ClassVar[str] = "arXiv 2606.05725 (2026), pooled by cluster"

    def rank(self, seen: Seen, *, seed: int) -> Ranking:
        """Compare cluster by cluster; an account has the rank of its own."""
        queries = sketched(seen)
        _, owner = np.unique([seen.owner[account] for account in seen.accounts], return_inverse=True)
        apart = discrepancies(queries, owner[queries.account], int(owner.max()) + 1, seed=seed)[owner]
        return Ranking(np.where(np.isnan(apart), UNKNOWN, apart))
