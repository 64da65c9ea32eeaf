"""How few random cuts set an account apart."""

from typing import ClassVar

import numpy as np

from excise.proving_ground.by_account import feature_table
from excise.proving_ground.peers import Peer, Ranking, Seen, optional


class IsolationForest(Peer):
    """PyOD's isolation forest on our features, each account an actor of its own.

    What is usually tried first on a table of accounts. Looks at no words. Needs the extra ``peers``.
    """

    source: ClassVar[str] = "Liu, Ting and Zhou 2008; PyOD (Zhao, Nasrullah and Li 2019)"

    def rank(self, seen: Seen, *, seed: int) -> Ranking:
        """Fit and score."""
        forest = optional("pyod.models.iforest").IForest(n_estimators=200, random_state=seed, n_jobs=1)
        forest.fit(feature_table(seen))
        return Ranking(np.asarray(forest.decision_scores_, dtype=np.float64))
