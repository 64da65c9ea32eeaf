"""Strangers: accounts that pairs of ties join, and that are together no one hand.

A class behind one address, the guests of a workshop, the users of one starter: any two of them share enough
to be linked. Together they show that each has settings and instructions of its own, or that all send the same
exercises. That is the test for populations, turned round.
"""

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray
from scipy import sparse

from excise.linking.habits import Habits
from excise.linking.interchange import repeats
from excise.linking.populations import HABITS, collisions, weight_of
from excise.linking.weighing import Weighed

I64 = NDArray[np.int64]
F64 = NDArray[np.float64]
Mask = NDArray[np.bool_]

WEIGHT = -2.0
"""What accounts must weigh to be strangers. Each owner may work in his own way in one respect: settings, or
instructions, alone weigh no less than -1.74, so that two respects have to agree."""

FEWEST = 3
_RESPECTS = ("sampler", "instruction")
_SURE = ("payment", "credential")


def held_apart(weighed: Weighed, habits: Habits, owner: I64) -> Weighed:
    """Return the pairs with the links taken off that join accounts of one owner who are strangers together.

    A common payment instrument or key holds: a firm's people, too, have each their own way.

    Args:
        weighed: the pairs.
        habits: of the accounts.
        owner: shape (accounts,), who was held to own them.
    """
    strange = strangers(habits, owner)
    sure = np.zeros(len(weighed.weight), dtype=np.bool_)
    for name in _SURE:
        sure |= weighed.by_tie.get(name, np.zeros(1)) > 0
    off = strange[weighed.one] & (owner[weighed.one] == owner[weighed.other]) & ~sure
    return replace(weighed, weight=np.where(off, np.minimum(weighed.weight, 0.0), weighed.weight))


def strangers(habits: Habits, owner: I64) -> Mask:
    """Say of each account whether those held to have its owner are strangers, shape (accounts,)."""
    owners, place, size = np.unique(owner, return_inverse=True, return_counts=True)
    tested = np.flatnonzero(size >= FEWEST)
    result: Mask = np.zeros(len(owners), dtype=np.bool_)
    if len(tested):
        everyone = sparse.csr_array(
            (np.ones(len(place)), (place, np.arange(len(place)))), shape=(len(owners), len(place))
        )
        groups = sparse.csr_array(everyone[tested])
        weight = collisions(groups, habits.counts["prompts"])
        for name in _RESPECTS:
            counts, habit = habits.counts[name], HABITS[name]
            # What most of them share is what joined them: it is no news.
            counted = repeats(groups, counts, most=habit.counted, without=_commonest(groups, counts))
            weight = weight + weight_of(counted, habit, size[tested])
        result[tested] = weight <= WEIGHT
    return result[place]


def _commonest(groups: sparse.csr_array, counts: sparse.csr_array) -> I64:
    """Return the attribute that most accounts of each group have; -1 where none has any."""
    marked = sparse.csr_array(counts)
    ones = sparse.csr_array((np.ones(len(marked.data)), marked.indices, marked.indptr), shape=marked.shape)
    carried = sparse.csr_array(groups @ ones)
    found = np.full(groups.shape[0], -1, dtype=np.int64)
    for row in np.flatnonzero(np.diff(carried.indptr)):
        inside = slice(carried.indptr[row], carried.indptr[row + 1])
        most = carried.data[inside].max()
        found[row] = carried.indices[inside][carried.data[inside] == most].min()
    return found
