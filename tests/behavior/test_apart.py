"""The intraclass correlation, against a one-way analysis of variance by SciPy."""

import ibis
import numpy as np
import pytest
from scipy.stats import f_oneway

from excise.behavior.apart import apart


@pytest.mark.parametrize("seed", range(5))
def test_it_is_the_correlation_of_the_f_statistic(seed: int) -> None:
    draw = np.random.default_rng(seed)
    groups = [draw.normal(draw.normal(0, seed), 1, 12) for _ in range(5)]
    rows = {
        "actor": ["a"] * 60,
        "account": np.repeat(list("vwxyz"), 12).tolist(),
        "x": np.concatenate(groups).tolist(),
    }
    (found,) = apart(ibis.memtable(rows)).to_pyarrow().to_pylist()
    ratio = f_oneway(*groups).statistic
    # with equal groups of n: (F - 1) / (F + n - 1)
    assert found == {"actor": "a", "value": pytest.approx((ratio - 1) / (ratio + 11))}


def test_what_cannot_be_known_is_left_out() -> None:
    rows = {
        "actor": ["one", "one", "flat", "flat", "flat", "thin", "thin"],
        "account": ["a", "a", "b", "b", "c", "d", "e"],
        "x": [1.0, 2.0, 3.0, 3.0, 3.0, 1.0, 2.0],
    }
    assert apart(ibis.memtable(rows)).to_pyarrow().to_pylist() == []
