"""How far out in its tails an account stands."""

from typing import ClassVar

import numpy as np

from excise.proving_ground.by_account import feature_table
from excise.proving_ground.peers import Peer, Ranking, Seen, optional


class Ecod(Peer):
    """PyOD's ECOD on our features, each account an actor of its own: tail probabilities, feature by feature.

    Without a parameter to set, and good on public benchmarks of outliers. Looks at no words. Needs the extra
    ``peers``.
    """

    source: ClassVar[str] = "Li et al. 2022 (ECOD); PyOD (Zhao, Nasrullah and Li 2019)"

    def rank(self, seen: Seen, *, seed: int) -> Ranking:  # noqa: ARG002 - nothing is drawn
        """Fit and score."""
        model = optional("pyod.models.ecod").ECOD(n_jobs=1)
        model.fit(feature_table(seen))
        return Ranking(np.asarray(model.decision_scores_, dtype=np.float64))
