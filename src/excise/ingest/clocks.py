"""What the times of a log say about its clocks, and about the hours that are missing from it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import pairwise
from statistics import median

from msgspec import Struct

from excise.ingest.exchange import Exchange
from excise.ingest.times import DAY_S

HOUR_S = 3_600.0
LATE_S = 900.0
"""How far back a record may start behind one before it in its file: a logger waits for the reply."""
SILENT = 20.0
"""How many exchanges a silence must have swallowed, by what other days hold, to be a gap."""


class Silence(Struct, frozen=True):
    """Hours without a record. ``expected`` is how many there should be, by other days' same hours."""

    from_s: float
    to_s: float
    expected: float


class Clocks:
    """Counts over the exchanges of a log, file after file.

    >>> clocks = Clocks(latest_s=1_759_800_000.0)
    >>> clocks.add("log", [Exchange(record_id="a", started_at_s=1_759_708_800.5, ended_at_s=1_759_708_800.0)])
    >>> clocks.seen, clocks.ends_before_start, clocks.whole_seconds
    (1, 1, 0)
    """

    def __init__(self, latest_s: float | None = None) -> None:
        self.latest_s = latest_s
        self.seen = 0
        self.out_of_order = 0
        self.furthest_back_s = 0.0
        self.ends_before_start = 0
        self.with_end = 0
        self.whole_seconds = 0
        self.ahead_of_time = 0
        self.from_s: float | None = None
        self.to_s: float | None = None
        self._hours: Counter[int] = Counter()
        self._newest_of: dict[str, float] = {}

    def add(self, file: str, exchanges: Iterable[Exchange]) -> None:
        """Count exchanges of one file, in the order in which the file has them."""
        newest_s = self._newest_of.get(file, float("-inf"))
        for exchange in exchanges:
            at_s = exchange.started_at_s
            self.seen += 1
            if at_s < newest_s - LATE_S:
                self.out_of_order += 1
                self.furthest_back_s = max(self.furthest_back_s, newest_s - at_s)
            newest_s = max(newest_s, at_s)
            self.whole_seconds += at_s.is_integer()
            if exchange.ended_at_s is not None:
                self.with_end += 1
                self.ends_before_start += exchange.ended_at_s < at_s
            if self.latest_s is not None and at_s > self.latest_s:
                self.ahead_of_time += 1
            self._hours[int(at_s // HOUR_S)] += 1
            self.from_s = at_s if self.from_s is None else min(self.from_s, at_s)
            self.to_s = at_s if self.to_s is None else max(self.to_s, at_s)
        self._newest_of[file] = newest_s

    def silences(self) -> list[Silence]:
        """Return the gaps between busy hours, the greatest first."""
        return silences(self._hours)


def silences(hours: Mapping[int, int]) -> list[Silence]:
    """Return the runs of empty hours that should hold at least ``SILENT`` exchanges.

    What an hour should hold is what the same hour holds on other days.
    Where there are fewer than three other days to ask, the lesser of the two hours around a run stands for
    each hour in it: traffic that is busy on both sides of a silence and fades on neither was not asleep.

    Args:
        hours: exchanges by hour since the epoch.

    >>> busy = {hour: 30 for hour in range(48) if hour not in (20, 21)}
    >>> silences(busy)
    [Silence(from_s=72000.0, to_s=79200.0, expected=60.0)]
    """
    found: list[Silence] = []
    known = sorted(hour for hour, count in hours.items() if count)
    for before, after in pairwise(known):
        if after - before == 1:
            continue
        around = min(hours[before], hours[after])
        # a silence of weeks is not asked hour by hour: that the log starts anew is plain
        empty = range(before + 1, min(after, before + 1 + 24 * 14))
        expected = sum(_usual(hours, hour, (before, after), (known[0], known[-1]), around) for hour in empty)
        if expected >= SILENT:
            found.append(Silence((before + 1) * HOUR_S, after * HOUR_S, round(expected, 1)))
    return sorted(found, key=lambda silence: -silence.expected)


def _usual(
    hours: Mapping[int, int], hour: int, silent: tuple[int, int], known: tuple[int, int], around: int
) -> float:
    """What an hour holds on the fourteen days before and after it, as far as the log reaches and speaks."""
    day = int(DAY_S / HOUR_S)
    same = (hour + day * step for step in range(-14, 15))
    others = [hours.get(h, 0) for h in same if known[0] <= h <= known[1] and not silent[0] < h < silent[1]]
    return float(median(others)) if len(others) >= _FEWEST_DAYS else float(around)


_FEWEST_DAYS = 3
