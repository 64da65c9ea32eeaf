"""Fair bets on which of several replies was served; the log2 of their wealth is evidence in bits.

Of ``n`` candidates one was served, and the others could as well have been. Were the suspect not trained on
the served one, each is it with chance 1/n, whatever the suspect is and whatever was seen before. A wager
spreads its wealth over the candidates by *their features alone* (a stake for each, 1 on average), learns
which one was served, and is multiplied by that one's stake. Its expected wealth stays 1 under the null, so it
ever reaches 2^b with chance at most 2^-b (Ville 1939), however its stakes were learned from the past and
whenever one stops.

A stake may depend on a candidate's features, on the set of all features and on the past, never on a
candidate's place: exchange two candidates and their stakes are exchanged. That is all that fairness needs;
the rest is a matter of power. Several wagers are combined by averaging their wealths, which is fair again.

Arrays have the shape (candidates, features, runs), with candidate 0 the served one: one run in use, thousands
when the null is simulated. Sources: Krichevsky and Trofimov 1981 (``SignBet``); Waudby-Smith and Ramdas 2024
(``ScoreBet``); a logistic regression kept up online, with MacKay's 1992 moderated prediction (``ChoiceBet``),
bet as in Podkopaev and Ramdas 2023; Vovk and Wang 2021 (``RankBet``).
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

F64 = NDArray[np.float64]

SPARE = 0.002
"""The share of wealth that is spread evenly, so that no surprise ruins a wager."""

_STEEPEST = 3.0
"""A standardized feature further out than this many times the usual is squashed: replies have outliers."""


class Wager(ABC):
    """A way to bet on which candidate was served. It remembers; use one for one model."""

    @abstractmethod
    def stakes(self, features: F64) -> F64:
        """Return what the wealth is multiplied by if a candidate is the served one, (candidates, runs).

        Not below 0, and 1 on average over the candidates of each run.
        """

    @abstractmethod
    def learn(self, features: F64) -> None:
        """Take in that candidate 0 was served."""


class SignBet(Wager):
    """Bet on the sign of one feature: is the served candidate above the middle?

    The share of times that it was is learned by the rule of Krichevsky and Trofimov: half a success and half
    a failure in advance. With two candidates it is the plain coin bet, and what others are compared with.

    >>> bet = SignBet()
    >>> bet.stakes(np.array([[[0.3]], [[0.1]]])).tolist()
    [[1.0], [1.0]]
    >>> bet.learn(np.array([[[0.3]], [[0.1]]]))
    >>> bet.stakes(np.array([[[0.2]], [[0.5]]])).tolist()
    [[0.5], [1.5]]
    """

    def __init__(self, feature: int = 0) -> None:
        self._feature = feature
        self._above: F64 = np.zeros(1)
        self._below: F64 = np.zeros(1)

    def stakes(self, features: F64) -> F64:
        """Bet the past's surplus on all candidates above the middle of their ranks."""
        lean = (self._above - self._below) / (self._above + self._below + 1.0)
        return np.asarray(1.0 + lean * _sides(features[:, self._feature]))

    def learn(self, features: F64) -> None:
        """Count whether the served one was above or below; in the middle, it was neither."""
        side = _sides(features[:, self._feature])[0]
        self._above = self._above + (side > 0)
        self._below = self._below + (side < 0)


class ScoreBet(Wager):
    """Bet on the size of one feature: the more it stands out, the more is at stake.

    The stake is ``1 + lean * score`` with a score in [-1, 1] that sums to 0 over the candidates, and the lean
    that would have grown fastest so far, to second order (aGRAPA of Waudby-Smith and Ramdas 2024, which may
    here point either way).
    """

    def __init__(self, feature: int = 0) -> None:
        self._scale = Scale([feature])
        self._seen = 0
        self._sum: F64 = np.zeros(1)
        self._squares: F64 = np.zeros(1)

    def stakes(self, features: F64) -> F64:
        """Bet in proportion to the standardized feature."""
        mean = self._sum / (self._seen + 4)
        square = (self._squares + 1.0) / (self._seen + 4)
        lean = np.clip(mean / np.maximum(square, 1e-9), -0.95, 0.95)
        return np.asarray(1.0 + lean * self._scores(features))

    def learn(self, features: F64) -> None:
        """Take in the served one's score."""
        score = self._scores(features)[0]
        self._scale.learn(features)
        self._seen += 1
        self._sum = self._sum + score
        self._squares = self._squares + score**2

    def _scores(self, features: F64) -> F64:
        z = self._scale.standardized(features)[:, 0] / _STEEPEST
        z = z - z.mean(axis=0)
        return np.asarray(z / np.maximum(np.abs(z).max(axis=0), 1.0))


class ChoiceBet(Wager):
    """Bet on several features at once, weighed by a logistic regression that is kept up online.

    A candidate's stake is ``n * softmax(weights @ features)``. The weights have a Gaussian belief, updated
    with each served candidate by one Newton step, as in an extended Kalman filter; the stakes are moderated
    by how unsure they still are. For two candidates whose difference is Gaussian, with any reference's
    difference as a further feature, this tends to the best bet there is.

    Args:
        features: which ones to use.
        unsure: the standard deviation of the weights that are expected in advance, around 0, for standardized
            features; larger learns faster and loses more at first.
    """

    def __init__(self, features: Sequence[int], unsure: float = 0.7) -> None:
        size = len(features)
        self._scale = Scale(features)
        self._weights: F64 = np.zeros((size, 1))
        self._spread: F64 = (np.eye(size) * unsure**2)[:, :, None]

    def stakes(self, features: F64) -> F64:
        """Bet on the candidates in proportion to how likely each looks."""
        z = self._scale.standardized(features)
        c = z - z.mean(axis=0)
        unsure = (np.einsum("nkr,klr->nlr", c, np.broadcast_to(self._spread, _square(z))) * c).sum(
            axis=(0, 1)
        )
        of_difference = 2.0 * unsure / (len(z) - 1)
        shares = self._shares(z, 1.0 / np.sqrt(1.0 + np.pi / 8.0 * of_difference))
        return np.asarray((1.0 - SPARE) * shares * len(shares) + SPARE)

    def learn(self, features: F64) -> None:
        """Move the weights to where the served one looks likelier."""
        z = self._scale.standardized(features)
        self._scale.learn(features)
        shares = self._shares(z, np.ones(1))
        centered = z - (shares[:, None] * z).sum(axis=0)
        self._spread = np.array(np.broadcast_to(self._spread, _square(z)))
        # The curvature is a sum over candidates: one Sherman-Morrison update for each, or one for a pair.
        if len(z) == 2:
            self._shrink(z[0] - z[1], shares[0] * shares[1])
        else:
            for pull, share in zip(centered, shares, strict=True):
                self._shrink(pull, share)
        self._weights = self._weights + np.einsum("klr,lr->kr", self._spread, centered[0])

    def _shrink(self, pull: F64, share: F64) -> None:
        along = np.einsum("klr,lr->kr", self._spread, pull)
        by = share / (1.0 + share * (pull * along).sum(axis=0))
        self._spread -= (by * along)[:, None] * along[None]

    def _shares(self, z: F64, moderation: F64) -> F64:
        logits = (z * self._weights).sum(axis=1) * moderation
        shares = np.exp(logits - logits.max(axis=0))
        return np.asarray(shares / shares.sum(axis=0))


class RankBet(Wager):
    """Bet on the rank of one feature among many candidates, the highest first, and the same each time.

    The stake on rank r of n is in proportion to ``r ** -(1 - power)``: a calibrator of p-values (Vovk and
    Wang 2021), made exact for ranks. Candidates that are level share what their ranks get.

    >>> RankBet(0.5).stakes(np.array([[[9.0]], [[1.0]], [[1.0]]]))[:, 0].round(2).tolist()
    [1.31, 0.84, 0.84]
    """

    def __init__(self, power: float, feature: int = 0) -> None:
        self._power = power
        self._feature = feature

    def stakes(self, features: F64) -> F64:
        """Bet by rank."""
        values = features[:, self._feature]
        n = len(values)
        by_rank = np.arange(1, n + 1, dtype=float) ** (self._power - 1.0)
        by_rank *= n / by_rank.sum()
        sums = np.concatenate([[0.0], np.cumsum(by_rank)])
        first = n - rankdata(values, method="max", axis=0).astype(int)
        last = n + 1 - rankdata(values, method="min", axis=0).astype(int)
        return np.asarray((sums[last] - sums[first]) / (last - first))

    def learn(self, features: F64) -> None:
        """Remember nothing: canaries are too few to learn from."""


class Purse:
    """Several wagers, the wealth spread over them once at the start; what they have together is the evidence.

    >>> purse = Purse([SignBet()])
    >>> for _ in range(3):
    ...     purse.bet(np.array([[[0.3]], [[0.1]]]))
    >>> purse.bits.round(3).tolist()  # 1 * 3/2 * 5/3
    [1.322]
    """

    def __init__(self, wagers: Sequence[Wager], shares: Sequence[float] | None = None) -> None:
        self._wagers = tuple(wagers)
        weights = np.ones(len(wagers)) if shares is None else np.asarray(shares, float)
        self._log_shares: F64 = np.log2(weights / weights.sum())
        self._each: F64 = np.zeros((len(wagers), 1))

    @property
    def bits(self) -> F64:
        """Log2 of the wealth of all wagers together, one number a run."""
        return np.asarray(np.logaddexp2.reduce(self._each + self._log_shares[:, None], axis=0))

    @property
    def bits_of_each(self) -> F64:
        """Log2 of what each wager has made of a wealth of 1: (wagers, runs).

        The purse's bits are the evidence, not the best of these, which is known only afterwards.
        """
        return self._each

    def bet(self, features: F64) -> None:
        """Bet once, and learn.

        Args:
            features: finite numbers, (candidates, features, runs); candidate 0 was served.

        Raises:
            ValueError: fewer than two candidates, or a number that is none.
        """
        if features.ndim != 3 or len(features) < 2 or not np.isfinite(features).all():
            raise ValueError(f"features of shape {features.shape} are no (candidates >= 2, features, runs)")
        growth = []
        for wager in self._wagers:
            growth.append(np.log2(wager.stakes(features)[0]))
            wager.learn(features)
        self._each = self._each + np.stack(growth)


class Scale:
    """What is usual for each of some features, so that features of any unit can be weighed together."""

    def __init__(self, features: Sequence[int]) -> None:
        self._chosen = list(features)
        self._squares: F64 = np.zeros((1, 1))
        self._seen = 0
        self._last: tuple[F64, F64] | None = None

    def standardized(self, features: F64) -> F64:
        """Return the candidates' distances from their mean, in usual distances, outliers squashed.

        The features of now count among the past: a scale that is the same for all candidates is fair.
        """
        if self._last is not None and self._last[0] is features:
            return self._last[1]
        c = self._centered(features)
        squares = (self._squares + (c**2).mean(axis=0)) / (self._seen + 1)
        z = _STEEPEST * np.tanh(c / (_STEEPEST * np.sqrt(np.maximum(squares, 1e-300))))
        self._last = (features, z)
        return np.asarray(z)

    def learn(self, features: F64) -> None:
        """Count the distances of now."""
        self._squares = self._squares + (self._centered(features) ** 2).mean(axis=0)
        self._seen += 1
        self._last = None

    def _centered(self, features: F64) -> F64:
        chosen = features[:, self._chosen]
        return np.asarray(chosen - chosen.mean(axis=0))


def _square(z: F64) -> tuple[int, int, int]:
    return (z.shape[1], z.shape[1], z.shape[2])


def _sides(values: F64) -> F64:
    """Return 1, 0 or -1 for values above, on and below the middle rank; they sum to 0 over candidates.

    Where ties would make one side larger, its candidates count less.
    """
    if len(values) == 2:
        sign = np.sign(values[0] - values[1])
        return np.stack([sign, -sign])
    middle = rankdata(values, axis=0) - (len(values) + 1) / 2
    up, down = (middle > 0).sum(axis=0), (middle < 0).sum(axis=0)
    few = np.minimum(up, down)
    return np.asarray(np.sign(middle) * few / np.where(middle > 0, np.maximum(up, 1), np.maximum(down, 1)))
