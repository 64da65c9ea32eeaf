"""Weights that tend to agree because of one cause: they are combined, not added."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]


def overlapping(weights: Iterable[F64], *, rest: float) -> F64:
    """Return the strongest weight, a part of the others, and in full all that speaks against.

    Args:
        weights: match weights of reasons that share a cause, one at least, shape (subjects,) each; they are
            taken one after the other, so that they need not all be held.
        rest: what each reason but the strongest counts.

    Returns:
        Shape (subjects,).

    >>> overlapping(np.array([[4.0, 1.0], [2.0, -3.0]]), rest=0.25).tolist()
    [4.5, -2.0]
    """
    every = iter(weights)
    first = next(every)
    most, against = np.maximum(first, 0.0), np.minimum(first, 0.0)
    gained = most.copy()
    for more in every:
        gain = np.maximum(more, 0.0)
        gained += gain
        np.maximum(most, gain, out=most)
        against += np.minimum(more, 0.0)
    result: F64 = most + rest * (gained - most) + against
    return result
