"""How fast a token may ask: a bucket each, filled as time passes."""

from collections import OrderedDict
from collections.abc import Callable

_MOST = 10_000


class Rates:
    """Counts requests by name.

    Args:
        clock: seconds that only rise.

    >>> at_s = 0.0
    >>> rates = Rates(lambda: at_s)
    >>> [rates.wait_s("t", per_s=2.0) for _ in range(3)]
    [0.0, 0.0, 0.5]
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._full_at: OrderedDict[str, float] = OrderedDict()

    def wait_s(self, name: str, *, per_s: float) -> float:
        """Take one request from a name's bucket, which holds a second's worth; return how long to wait.

        A request that is told to wait takes nothing.
        """
        now = self._clock()
        full_at = max(self._full_at.get(name, now), now)
        cost = 1.0 / per_s
        # A bucket is its distance to being full: at most a second's worth may be missing.
        if full_at + cost - now > max(1.0, cost) + 1e-9:
            return full_at + cost - now - max(1.0, cost)
        self._full_at[name] = full_at + cost
        self._full_at.move_to_end(name)
        if len(self._full_at) > _MOST:
            self._full_at.popitem(last=False)
        return 0.0
