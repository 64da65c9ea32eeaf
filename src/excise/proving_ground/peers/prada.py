"""Whether the distances between an account's successive queries look natural."""

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.stats import shapiro

from excise.proving_ground.peers import UNKNOWN, Peer, Ranking, Seen
from excise.proving_ground.sketched import likeness, sketched

F64 = NDArray[np.float64]

_FEWEST = 20


class Prada(Peer):
    """PRADA: departure from normality of each query's distance to the nearest one before it.

    The original looks at images in the metric of the model's input, class by class, and waits for a hundred
    distances; this one takes the Jaccard distance of the keyed sketches of prompts, all in one class, and
    waits for twenty, as few accounts send a hundred. The growing set, the three deviations and the test of
    Shapiro and Wilk are the original's. Accounts with fewer queries, or with all distances equal, are
    unknown.
    """

    source: ClassVar[str] = "Juuti, Szyller, Marchal and Asokan 2019 (arXiv 1805.02628)"

    def rank(self, seen: Seen, *, seed: int) -> Ranking:  # noqa: ARG002 - nothing is drawn
        """Test each account's distances; the less normal, the higher."""
        queries = sketched(seen)
        rank = np.full(len(seen.accounts), UNKNOWN)
        for account in range(len(seen.accounts)):
            words = queries.words[queries.of(account)]
            if words.shape[0] <= _FEWEST:
                continue
            kept = nearest(1 - likeness(words, words))
            kept = kept[np.abs(kept - kept.mean()) <= 3 * kept.std()]
            if len(kept) >= _FEWEST and np.ptp(kept) > 0:
                rank[account] = 1 - float(shapiro(kept).statistic)
        return Ranking(rank)


def nearest(distance: F64) -> F64:
    """Return each later query's distance to the nearest of the growing set, shape (queries - 1,).

    A query joins the set when it is further from it than the set's own mean distance less a deviation
    (algorithm 1 of the paper).

    Args:
        distance: shape (queries, queries), in the order in which they were sent.

    >>> nearest(np.array([[0.0, 1.0, 0.5], [1.0, 0.0, 0.25], [0.5, 0.25, 0.0]])).tolist()
    [1.0, 0.25]
    """
    grown, inside = [0], [0.0]
    found = np.zeros(len(distance) - 1)
    threshold = 0.0
    for query in range(1, len(distance)):
        least = float(distance[query, grown].min())
        found[query - 1] = least
        if least > threshold or query == 1:
            grown.append(query)
            inside.append(least)
            threshold = max(threshold, float(np.mean(inside[1:]) - np.std(inside[1:])))
    return found
