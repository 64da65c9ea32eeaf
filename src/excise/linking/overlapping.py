"""Weights that tend to agree because of one cause: they are combined, not added."""

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]


def overlapping(weights: F64, *, rest: float) -> F64:
    """Return the strongest weight, a part of the others, and in full all that speaks against.

    Args:
        weights: shape (reasons, subjects), match weights of reasons that share a cause.
        rest: what each reason but the strongest counts.

    Returns:
        Shape (subjects,).

    >>> overlapping(np.array([[4.0, 1.0], [2.0, -3.0]]), rest=0.25).tolist()
    [4.5, -2.0]
    """
    gains = np.maximum(weights, 0.0)
    most = gains.max(axis=0)
    result: F64 = most + rest * (gains.sum(axis=0) - most) + np.minimum(weights, 0.0).sum(axis=0)
    return result
