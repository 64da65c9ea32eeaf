"""Rhythms.

When the accounts of a party send. Each function returns times; nothing here knows what is sent.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Times = NDArray[np.float64]

_HUMAN = (
    np.array([2, 1, 1, 1, 1, 2, 4, 8, 14, 18, 20, 20, 17, 18, 19, 19, 18, 17, 16, 16, 17, 15, 10, 5], float)
    / 20
)
_OFFICE = (
    np.array([0, 0, 0, 0, 0, 0, 1, 4, 14, 20, 20, 18, 12, 16, 20, 20, 17, 10, 4, 2, 1, 1, 0, 0], float) / 20
)
_EVENING = (
    np.array([8, 4, 2, 1, 1, 1, 2, 4, 5, 5, 5, 6, 8, 8, 7, 7, 8, 10, 14, 18, 20, 20, 18, 14], float) / 20
)
SHAPES: dict[str, NDArray[np.float64]] = {
    "human": _HUMAN, "office": _OFFICE, "evening": _EVENING, "flat": np.ones(24),
}  # fmt: skip
"""Relative activity by local hour."""


class Window(NamedTuple):
    """When a party can send (epoch seconds) and how its day runs.

    ``weekend`` is activity at weekends, 1 as usual.
    """

    start_s: float
    end_s: float
    shape: str = "flat"
    offset_h: float = 0.0
    weekend: float = 1.0
    curve: NDArray[np.float64] | None = None
    """relative activity by 600 s from the start, in place of the day's shape; it starts again at its end"""


class Schedule(NamedTuple):
    """The moments of a party in time order.

    When, which member sends, and whether it opens a new conversation.
    """

    at_s: Times
    who: NDArray[np.int32]
    opens: NDArray[np.bool_]

    @classmethod
    def merged(cls, parts: "list[Schedule]") -> "Schedule":
        """Bring several schedules into one time order."""
        at_s = np.concatenate([p.at_s for p in parts])
        order = np.argsort(at_s, kind="stable")
        return cls(
            at_s[order],
            np.concatenate([p.who for p in parts])[order],
            np.concatenate([p.opens for p in parts])[order],
        )


def alone(at_s: Times, opens: NDArray[np.bool_] | None = None, who: int = 0) -> Schedule:
    """Make the schedule of one member; without ``opens`` every moment opens a conversation of its own."""
    order = np.argsort(at_s, kind="stable")
    flags = np.ones(len(at_s), bool) if opens is None else opens[order]
    return Schedule(at_s[order], np.full(len(at_s), who, np.int32), flags)


def moments(rng: np.random.Generator, count: int, window: Window) -> Times:
    """Draw times from a process whose rate follows the day and the week (inverse of the cumulated rate)."""
    step = 1800.0 if window.curve is None else 600.0
    edges = np.arange(window.start_s, window.end_s, step)
    if len(edges) == 0:
        return np.full(count, window.end_s)
    middle = edges + step / 2 + window.offset_h * 3600.0
    hour = (middle % 86400.0 // 3600.0).astype(int)
    day = (middle // 86400.0).astype(int)
    if window.curve is None:
        rate = SHAPES[window.shape][hour] * np.where((day + 3) % 7 >= 5, window.weekend, 1.0) + 1e-9
    else:
        rate = window.curve[np.arange(len(edges)) % len(window.curve)] + 1e-9
    total = np.concatenate([[0.0], np.cumsum(rate)])
    ends = np.append(edges, window.end_s)
    times: Times = np.sort(np.interp(rng.random(count) * total[-1], total, ends))
    return times


def sittings(
    rng: np.random.Generator,
    count: int,
    window: Window,
    *,
    per_sitting: float = 5.0,
    gap_s: float = 70.0,
    anew: float = 0.15,
) -> tuple[Times, NDArray[np.bool_]]:
    """Draw times as a person does: sittings of some turns with pauses to read, then nothing for hours.

    Returns the times and where a conversation opens: at each sitting, and within one with the chance
    ``anew``.
    """
    sizes: list[int] = []
    left = count
    while left > 0:
        size = min(left, int(rng.geometric(1.0 / max(1.0, per_sitting))))
        sizes.append(size)
        left -= size
    starts = moments(rng, len(sizes), window)
    at: list[Times] = []
    opens: list[NDArray[np.bool_]] = []
    for start, size in zip(starts, sizes, strict=True):
        pauses = rng.lognormal(np.log(gap_s), 0.9, size)
        pauses[0] = 0.0
        at.append(start + np.cumsum(pauses))
        fresh = rng.random(size) < anew
        fresh[0] = True
        opens.append(fresh)
    times = np.concatenate(at)
    flags = np.concatenate(opens)
    order = np.argsort(times, kind="stable")
    return np.minimum(times[order], window.end_s), flags[order]


def runs(rng: np.random.Generator, count: int, window: Window, *, number: int, gap_s: float) -> Times:
    """Draw a few uninterrupted runs (a batch job, a script started by hand)."""
    number = max(1, min(number, count))
    starts = moments(rng, number, window)
    sizes = rng.multinomial(count, np.full(number, 1.0 / number))
    times = [s + np.cumsum(rng.gamma(0.8, gap_s / 0.8, size)) for s, size in zip(starts, sizes, strict=True)]
    return _within(np.concatenate(times), window)


def nightly(rng: np.random.Generator, count: int, window: Window, *, hour: float, gap_s: float) -> Times:
    """Draw a job that starts at the same hour every day."""
    first = np.floor(window.start_s / 86400.0) * 86400.0 + (hour - window.offset_h) % 24.0 * 3600.0
    starts = np.arange(first, window.end_s, 86400.0)
    starts = starts[starts >= window.start_s]
    if len(starts) == 0:
        starts = np.array([window.start_s])
    sizes = np.full(len(starts), count // len(starts))
    sizes[: count % len(starts)] += 1
    times = [
        s + rng.uniform(0, 20) + np.cumsum(rng.exponential(gap_s, n))
        for s, n in zip(starts, sizes, strict=True)
    ]
    return _within(np.concatenate(times), window)


def regular(rng: np.random.Generator, count: int, window: Window, *, jitter: float) -> Times:
    """Draw a steady worker: even gaps over the window with some jitter (a share of the gap)."""
    gap = (window.end_s - window.start_s) / max(1, count)
    times = window.start_s + gap * (np.arange(count) + 0.5 + rng.normal(0, jitter, count))
    return _within(times, window)


def dealt(rng: np.random.Generator, at_s: Times, counts: list[int], *, order: str) -> NDArray[np.int32]:
    """Deal the moments of a common queue to members that take so many each: who sends at each moment.

    ``order``: ``round`` (each in turn), ``random`` (whoever is free), ``shifts`` (one after the other).
    """
    total = len(at_s)
    if order == "shifts":
        who = np.repeat(np.arange(len(counts)), counts)[:total]
    elif order == "round":
        ranks = np.concatenate([(np.arange(c) + 0.5) / c if c else np.empty(0) for c in counts])
        who = np.repeat(np.arange(len(counts)), counts)[np.argsort(ranks, kind="stable")][:total]
    else:
        who = rng.permutation(np.repeat(np.arange(len(counts)), counts))[:total]
    return who.astype(np.int32)


def _within(times: Times, window: Window) -> Times:
    """Wrap what ran past the end back into the window."""
    span = max(1.0, window.end_s - window.start_s)
    out: Times = np.sort(window.start_s + (times - window.start_s) % span)
    return out
