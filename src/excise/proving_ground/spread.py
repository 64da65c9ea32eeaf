"""How a figure spreads over worlds: its median with an interval, and its worst quarter."""

from collections.abc import Sequence

import numpy as np
from msgspec import Struct

_DRAWS = 4_000


class Spread(Struct, frozen=True, kw_only=True):
    """A figure over several worlds.

    ``low`` and ``high`` hold 95 % of the medians of worlds drawn again from these with replacement (the
    percentile bootstrap, Efron 1979). With a handful of worlds that is narrower than the truth: it cannot
    know of worlds that were not there. ``worst_quarter`` is the lower quartile.
    """

    median: float
    low: float
    high: float
    worst_quarter: float
    worlds: int

    @classmethod
    def over(cls, values: Sequence[float], *, seed: int = 0) -> "Spread":
        """Make it of one figure a world.

        >>> Spread.over([0.5, 0.5, 0.5])
        Spread(median=0.5, low=0.5, high=0.5, worst_quarter=0.5, worlds=3)
        """
        if not len(values):
            raise ValueError("no world has a figure to spread; run at least one")
        each = np.asarray(values, dtype=np.float64)
        drawn = np.random.default_rng(seed).choice(each, (_DRAWS, len(each)))
        low, high = np.quantile(np.median(drawn, axis=1), (0.025, 0.975))
        return cls(
            median=round(float(np.median(each)), 4),
            low=round(float(low), 4),
            high=round(float(high), 4),
            worst_quarter=round(float(np.quantile(each, 0.25)), 4),
            worlds=len(each),
        )
