"""Maximum mean discrepancy between some queries and everybody's, in deviations of what chance gives."""

import numpy as np
from numpy.typing import NDArray

from excise.proving_ground.sketched import Sketched, likeness

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]

WINDOWS = (16, 32, 64, 128, 256)
"""How many queries are compared at once: the most that a group fills."""
_POPULATION = 800
_DRAWS = 200


def discrepancies(queries: Sketched, group: I64, groups: int, *, seed: int) -> F64:
    """Return how far each group's queries are from the population's, shape (groups,).

    The unbiased squared discrepancy (Gretton et al. 2012, equation 3) under the Jaccard kernel of sketches,
    less its mean and over its deviation in windows of the same size drawn from the population at random.

    Args:
        queries: all of them.
        group: shape (queries,), which group each belongs to.
        groups: how many groups there are.
        seed: of the drawing.

    Returns:
        NaN for a group with fewer queries than the smallest window.
    """
    rng = np.random.default_rng(seed)
    result = np.full(groups, np.nan)
    order = rng.permutation(len(group))
    half = min(_POPULATION, len(order) // 2)
    if half < WINDOWS[0]:
        return result
    population, others = queries.words[order[:half]], queries.words[order[half : 2 * half]]
    among = _among(likeness(population, population))
    inside, across = likeness(others, others), likeness(others, population).mean(axis=1)
    chance: dict[int, tuple[float, float]] = {}
    for window in WINDOWS:
        if window <= half:
            draws = [rng.choice(half, window, replace=False) for _ in range(_DRAWS)]
            null = [_among(inside[np.ix_(d, d)]) + among - 2 * across[d].mean() for d in draws]
            chance[window] = (float(np.mean(null)), float(np.std(null)))
    rows_of = np.argsort(group, kind="stable")
    edges = np.searchsorted(group[rows_of], np.arange(groups + 1))
    for number in range(groups):
        rows = rows_of[edges[number] : edges[number + 1]]
        fitting = [window for window in chance if window <= len(rows)]
        if fitting:
            words = queries.words[np.sort(rng.choice(rows, fitting[-1], replace=False))]
            apart = _among(likeness(words, words)) + among - 2 * likeness(words, population).mean()
            mean, deviation = chance[fitting[-1]]
            result[number] = (apart - mean) / max(deviation, 1e-12)
    return result


def _among(kernel: F64) -> float:
    """Return the mean off the diagonal."""
    count = len(kernel)
    return float((kernel.sum() - np.trace(kernel)) / (count * (count - 1)))
