"""Which segments of a day are worth merging: many small ones cost space, and time to open."""

from collections import defaultdict
from collections.abc import Iterable

from excise.store.manifest import Segment
from excise.store.seen import Partition


def groups(segments: Iterable[Segment], *, rows: int) -> list[list[Segment]]:
    """Return which segments to merge: of one key and day, each smaller than ``rows``, together about that.

    So a merge needs memory for at most twice so many rows, and a row is rewritten only while its segment is
    small.

    >>> def small(number): return Segment("9a96c06a", "2025-10-06", number, rows=40, size_bytes=0, digest="")
    >>> [[segment.number for segment in group] for group in groups(map(small, [1, 2, 3, 4]), rows=100)]
    [[1, 2, 3]]
    """
    days: dict[Partition, list[Segment]] = defaultdict(list)
    for segment in segments:
        if segment.rows < rows:
            days[Partition(segment.key, segment.day)].append(segment)
    found: list[list[Segment]] = []
    for partition in sorted(days):
        group: list[Segment] = []
        for segment in sorted(days[partition], key=lambda s: s.number):
            group.append(segment)
            if sum(s.rows for s in group) >= rows:
                found.append(group)
                group = []
        found.append(group)
    return [group for group in found if len(group) > 1]
