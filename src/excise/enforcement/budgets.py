"""Budgets: requests and tokens a minute, of one account or of all accounts of an actor together.

Each is a bucket that fills evenly and holds what ``BURST_S`` seconds bring, but at least one request. In any
w seconds a caller therefore gets at most rate * w plus one bucket. What a reply costs in tokens is known when
it is over: a request is let through while the bucket is not empty, the tokens are taken after the reply, and
a bucket may owe. One request can overshoot; the next ones wait until what it took too much has come in again.
"""

from msgspec import Struct

from excise.casework.decision import Limits

BURST_S = 10.0
_MINUTE_S = 60.0
_SHUT_S = 60.0
"""How long a caller without any allowance is told to wait."""

_SWEEP_AT = 4_096


class Taken(Struct, frozen=True):
    """Whether a request may go, and if not, after how many seconds it may be tried again."""

    admitted: bool
    retry_after_s: float = 0.0


_ADMITTED = Taken(admitted=True)


class _Bucket:
    __slots__ = ("at_s", "left")

    def __init__(self, left: float, at_s: float) -> None:
        self.left = left
        self.at_s = at_s

    def fill(self, per_minute: float, most: float, at_s: float) -> float:
        # A clock that went back brings nothing, and takes nothing away.
        passed = max(at_s - self.at_s, 0.0)
        self.left = min(self.left + passed * per_minute / _MINUTE_S, most)
        self.at_s = at_s
        return self.left


class Budgets:
    """The buckets of those whom a throttle holds; one that is full again is forgotten.

    Args:
        share: of the limits, which share this process may give out: with several gateway processes that do
            not share callers evenly, one over their number keeps the sum within the limit.

    >>> budgets = Budgets()
    >>> limits = Limits(rpm=6)
    >>> [budgets.take("acme", limits, at_s=second).admitted for second in (0.0, 1.0, 10.0, 11.0)]
    [True, False, True, False]
    """

    def __init__(self, *, share: float = 1.0) -> None:
        self._share = share
        self._requests: dict[str, _Bucket] = {}
        self._tokens: dict[str, _Bucket] = {}
        self._sweep_at = _SWEEP_AT

    def __len__(self) -> int:
        return len(self._requests) + len(self._tokens)

    def take(self, owner: str, limits: Limits, *, at_s: float) -> Taken:
        """Take one request, if there is one to take and the owner owes no tokens."""
        wait_s = 0.0
        tokens = self._filled(self._tokens, owner, limits.tpm, at_s)
        if tokens is not None and tokens[0].left <= 0:
            wait_s = _wait_s(1 - tokens[0].left, tokens[1])
        requests = self._filled(self._requests, owner, limits.rpm, at_s)
        if requests is not None and requests[0].left < 1:
            wait_s = max(wait_s, _wait_s(1 - requests[0].left, requests[1]))
        if wait_s > 0:
            return Taken(admitted=False, retry_after_s=wait_s)
        if requests is not None:
            requests[0].left -= 1
        return _ADMITTED

    def charge(self, owner: str, limits: Limits, tokens: int, *, at_s: float) -> None:
        """Take the tokens of a reply that is over; the owner may come to owe."""
        found = self._filled(self._tokens, owner, limits.tpm, at_s)
        if found is not None:
            found[0].left -= max(tokens, 0)

    def _filled(
        self, buckets: dict[str, _Bucket], owner: str, limit: int | None, at_s: float
    ) -> tuple[_Bucket, float] | None:
        if limit is None:
            return None
        per_minute = max(limit, 0) * self._share
        most = max(per_minute * BURST_S / _MINUTE_S, 1.0) if per_minute else 0.0
        bucket = buckets.get(owner)
        if bucket is None:
            if len(self) >= self._sweep_at:
                self._sweep(at_s)
            bucket = buckets[owner] = _Bucket(most, at_s)
        bucket.fill(per_minute, most, at_s)
        return bucket, per_minute

    def _sweep(self, at_s: float) -> None:
        """Forget buckets that nobody touched for a minute and that owe nothing: they are full."""
        for buckets in (self._requests, self._tokens):
            idle = [one for one, b in buckets.items() if at_s - b.at_s > _MINUTE_S and b.left >= 0]
            for one in idle:
                del buckets[one]
        self._sweep_at = max(_SWEEP_AT, 2 * len(self))


def _wait_s(missing: float, per_minute: float) -> float:
    return missing * _MINUTE_S / per_minute if per_minute else _SHUT_S
