"""Are accounts dealt from one pool, or has each its own? Repeats within accounts against repeats between."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

I64 = NDArray[np.int64]
F64 = NDArray[np.float64]

_TRIMMED = 0.1
_STEP = 400


class Repeats(NamedTuple):
    """How often two exchanges have an attribute in common, for each set of accounts; shape (sets,) each.

    ``within`` and ``between`` are rates: of pairs of exchanges of one account, and of two of the set's
    accounts. Where all are dealt from one pool the two are equal; where each account has a pool of its own,
    ``within`` is many times ``between`` (Simpson 1949 measures concentration by such repeats; their ratio is
    Lloyd's patchiness, 1967). ``within_pairs`` and ``between_pairs`` say how many repeats the rates rest on,
    ``covered`` which share of the accounts repeats anything at all.
    """

    within: F64
    between: F64
    within_pairs: F64
    between_pairs: F64
    covered: F64


def repeats(sets: sparse.csr_array, counts: sparse.csr_array, *, most: float, without: I64) -> Repeats:
    """Count the repeats of attributes in sets of accounts.

    The tenth of a set that repeats itself most is left out of ``within``: a set found by a value that a
    stranger or two use as well is to be judged by the others.

    Args:
        sets: shape (sets, accounts), 1 where an account belongs.
        counts: shape (accounts, attributes), in how many exchanges an account had an attribute.
        most: an account with more than this counts as if it had this many, so that none speaks for all.
        without: shape (sets,), an attribute to leave out (what the set was found by: that it is shared is no
            news); -1 for none.

    >>> pool, apart = np.array([[5, 5], [5, 5]]), np.array([[10, 0], [0, 10]])
    >>> everyone, none = sparse.csr_array(np.ones((1, 2))), np.array([-1])
    >>> for counts in (pool, apart):
    ...     found = repeats(everyone, sparse.csr_array(counts), most=100.0, without=none)
    ...     print(found.within.round(2), found.between)
    [0.4] [0.5]
    [0.9] [0.]
    """
    found = _repeats(sets, counts, most)
    for row in np.flatnonzero(without >= 0):
        mine = counts[sets.indices[sets.indptr[row] : sets.indptr[row + 1]]]
        keep = np.ones(counts.shape[1])
        keep[without[row]] = 0.0
        everyone = sparse.csr_array(np.ones((1, mine.shape[0])))
        alone = _repeats(everyone, sparse.csr_array(mine.multiply(keep[None, :])), most)
        for column, value in zip(found, alone, strict=True):
            column[row] = value[0]
    return found


def _repeats(sets: sparse.csr_array, counts: sparse.csr_array, most: float) -> Repeats:
    size = _total(counts)
    scale = np.minimum(1.0, most / np.maximum(size, 1e-9))
    sizes = size * scale
    scaled = sparse.csr_array(sparse.diags_array(scale) @ counts)
    again = _total(_squared(counts)) - size
    squares = sets @ sizes**2
    both = np.zeros(sets.shape[0])
    for start in range(0, len(both), _STEP):
        pooled = sparse.csr_array(sets[start : start + _STEP] @ scaled)
        both[start : start + _STEP] = _total(_squared(pooled))
    between_pairs = np.maximum(both - sets @ _total(_squared(scaled)), 0.0)
    return Repeats(
        _trimmed(sets, again / np.maximum(size**2, 1e-9), sizes**2),
        between_pairs / np.maximum((sets @ sizes) ** 2 - squares, 1e-9),
        sets @ (again * scale**2),
        between_pairs,
        sets @ (again > 0) / np.maximum(np.diff(sets.indptr), 1),
    )


def _squared(table: sparse.csr_array) -> sparse.csr_array:
    return sparse.csr_array(table.multiply(table))


def _total(table: sparse.csr_array) -> F64:
    return np.asarray(table.sum(axis=1), dtype=np.float64).ravel()


def _trimmed(sets: sparse.csr_array, rate: F64, weight: F64) -> F64:
    """Return the mean rate of each set's accounts, the tenth with the highest rates left out."""
    place = np.empty(len(rate), np.int64)
    place[np.argsort(rate, kind="stable")] = np.arange(len(rate))
    row = np.repeat(np.arange(sets.shape[0]), np.diff(sets.indptr))
    account = sets.indices[np.lexsort((place[sets.indices], row))]
    ends = np.r_[0.0, np.cumsum(weight[account])]
    begins = ends[sets.indptr[:-1]]
    room = (1 - _TRIMMED) * (ends[sets.indptr[1:]] - begins)
    kept = np.clip(room[row] - (ends[:-1] - begins[row]), 0.0, weight[account])
    total = np.bincount(row, weights=kept * rate[account], minlength=sets.shape[0])
    mean: F64 = total / np.maximum(room, 1e-9)
    return mean
