"""A canary: a text that was planted in what was served, and others that were drawn with it and were not."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from excise.errors import BadTable
from excise.lineage.replies import Reply
from excise.lineage.validity import Caution

_FEW_BITS = 10.0


def canary_cautions(canaries: Sequence[Reply]) -> tuple[Caution, ...]:
    """Refuse canaries that were published; warn where there are too few decoys to show anything.

    Raises:
        BadTable: as ``groups_of``.
    """
    found = []
    open_rows = tuple(one.row for one in canaries if one.published)
    if open_rows:
        found.append(
            Caution(
                severity="refuse",
                name="published",
                text="canaries or decoys are published; leave them out",
                rows=open_rows,
            )
        )
    most = sum(np.log2(len(group)) for group in groups_of(canaries).values())
    if most < _FEW_BITS:
        found.append(
            Caution(
                severity="warn",
                name="few",
                text=f"all canaries found would be less than {most:.1f} bits; issue more, or more decoys",
            )
        )
    return tuple(found)


def groups_of(canaries: Sequence[Reply]) -> dict[str, list[Reply]]:
    """Return each canary with its decoys, the planted one first.

    Raises:
        BadTable: one has no decoys, or not exactly one that was planted.
    """
    by_id: defaultdict[str, list[Reply]] = defaultdict(list)
    for one in canaries:
        by_id[one.id].append(one)
    if not by_id:
        raise BadTable("no canaries were given; name the file of what was planted and what was not")
    for name, group in by_id.items():
        group.sort(key=lambda one: one.draw)
        planted = sum(one.draw == 0 for one in group)
        rows = ", ".join(str(one.row) for one in group[:8])
        if planted != 1:
            raise BadTable(f"rows {rows}: canary {name!r} has {planted} texts with 'draw' 0; one was planted")
        if len(group) < 2:
            raise BadTable(f"row {rows}: canary {name!r} has no decoys (texts with 'draw' 1, 2, ...)")
        if len({one.reply for one in group}) < len(group):
            raise BadTable(f"rows {rows}: canary {name!r} has a text twice")
        if any(one.messages != group[0].messages for one in group):
            raise BadTable(f"rows {rows}: canary {name!r} has several prompts; it was planted after one")
    return dict(by_id)
