"""From values and their carriers to pairs of carriers."""

import numpy as np
from numpy.typing import NDArray

I64 = NDArray[np.int64]


def expand(value: I64, carrier: I64, *, most: int) -> tuple[I64, I64]:
    """Return the rows of every pair of carriers of a value; values with over ``most`` carriers are left out.

    Args:
        value: shape (n,), which value a row is about.
        carrier: shape (n,), who carries it; a carrier stands once with a value.
        most: a value with more carriers than this makes no pairs: there would be too many, and each would say
            little.

    Returns:
        Two arrays of row numbers, shape (pairs,).

    >>> value, carrier = np.array([7, 7, 7, 8]), np.array([0, 1, 2, 3])
    >>> [rows.tolist() for rows in expand(value, carrier, most=10)]
    [[0, 0, 1], [1, 2, 2]]
    """
    order = np.lexsort((carrier, value))
    sorted_value = value[order]
    starts = (
        np.flatnonzero(np.r_[True, sorted_value[1:] != sorted_value[:-1]])
        if len(value)
        else np.zeros(0, np.int64)
    )
    counts = np.diff(np.r_[starts, len(value)])
    ones, others = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for size in np.unique(counts[(counts > 1) & (counts <= most)]):
        first, second = np.triu_indices(size, 1)
        begins = starts[counts == size][:, None]
        ones.append((begins + first).ravel())
        others.append((begins + second).ravel())
    return order[np.concatenate(ones)], order[np.concatenate(others)]
