"""Which records a day already holds, so that reading a log twice changes nothing."""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Words = npt.NDArray[np.uint64]
Mask = npt.NDArray[np.bool_]


class Partition(NamedTuple):
    """The observations of one key and one UTC day."""

    key: str
    day: str


class Seen:
    """Remembers the records of the days that were touched last; the others are read again when they come up.

    Args:
        load: reads the records of a partition that are kept already: arrays of 16-byte values.
        room: how many records to remember, at 16 bytes each; the day in work is remembered however big it is.
    """

    def __init__(self, load: Callable[[Partition], Iterable[pa.Array]], *, room: int = 8_000_000) -> None:
        self._load = load
        self._room = room
        self._days: OrderedDict[Partition, _Day] = OrderedDict()

    def admit(self, partition: Partition, records: pa.Array) -> Mask:
        """Return which of the records (16-byte values) are new to the day, and remember them.

        Of equal ones among them the first is new.
        """
        day = self._days.get(partition)
        if day is None:
            day = self._days[partition] = _Day()
            for kept in self._load(partition):
                day.admit(_words(kept))
        self._days.move_to_end(partition)
        fresh = day.admit(_words(records))
        while len(self._days) > 1 and sum(d.records for d in self._days.values()) > self._room:
            self._days.popitem(last=False)
        return fresh

    def clear(self) -> None:
        """Remember nothing, as after rows were removed."""
        self._days.clear()


class _Day:
    """A set of 16-byte values as sorted runs of doubling length, so that adding stays cheap as it grows."""

    def __init__(self) -> None:
        self.records = 0
        self._runs: list[Words] = []

    def admit(self, words: Words) -> Mask:
        """Return which rows (shape (n, 2)) are new, and add them."""
        order = np.lexsort((words[:, 1], words[:, 0]))
        ordered = words[order]
        fresh = np.ones(len(words), dtype=np.bool_)
        fresh[1:] = np.any(ordered[1:] != ordered[:-1], axis=1)
        for run in self._runs:
            fresh &= ~_among(ordered, run)
        self._add(ordered[fresh])
        mask = np.empty(len(words), dtype=np.bool_)
        mask[order] = fresh
        return mask

    def _add(self, run: Words) -> None:
        if not len(run):
            return
        self.records += len(run)
        while self._runs and len(self._runs[-1]) <= 2 * len(run):
            both = np.concatenate([self._runs.pop(), run])
            run = both[np.argsort(both[:, 0], kind="stable")]  # which merges, for both halves are in order
        self._runs.append(run)


def _among(words: Words, run: Words) -> Mask:
    """Return which rows of ``words`` are in ``run``, which is in the order of its first half."""
    at = np.searchsorted(run[:, 0], words[:, 0])
    found = np.zeros(len(words), dtype=np.bool_)
    open_ = np.flatnonzero(at < len(run))
    while len(open_):
        there = run[at[open_]]
        same_half = there[:, 0] == words[open_, 0]
        same = same_half & (there[:, 1] == words[open_, 1])
        found[open_[same]] = True
        open_ = open_[same_half & ~same]
        at[open_] += 1
        open_ = open_[at[open_] < len(run)]
    return found


def _words(records: pa.Array) -> Words:
    r"""Return 16-byte values as two numbers each, shape (n, 2).

    >>> _words(pa.array([bytes(15) + b"\x01"], pa.binary(16)))
    array([[0, 1]], dtype=uint64)
    """
    flat = np.frombuffer(records.buffers()[1], dtype=">u8", count=2 * (records.offset + len(records)))
    return flat.reshape(-1, 2)[records.offset :].astype(np.uint64)
