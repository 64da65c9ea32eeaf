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
    (found,) = apart(ibis.memtable(rows), "x").to_pyarrow().to_pylist()
    ratio = f_oneway(*groups).statistic
    # with equal groups of n: (F - 1) / (F + n - 1)
    assert found == {"actor": "a", "value": pytest.approx((ratio - 1) / (ratio + 11))}


def test_what_cannot_be_known_is_left_out() -> None:
    rows = {
        "actor": ["one", "one", "flat", "flat", "flat", "thin", "thin"],
        "account": ["a", "a", "b", "b", "c", "d", "e"],
        "x": [1.0, 2.0, 3.0, 3.0, 3.0, 1.0, 2.0],
    }
    assert apart(ibis.memtable(rows), "x").to_pyarrow().to_pylist() == []


def test_of_two_numbers_the_variances_are_added() -> None:
    draw = np.random.default_rng(9)
    names = np.repeat(list("vwxyz"), 12)
    one, other = draw.normal(0, 1, 60) + (names == "v"), draw.normal(0, 5, 60)
    rows = {"actor": ["a"] * 60, "account": names.tolist(), "x": one.tolist(), "y": other.tolist()}

    def squares(values: np.ndarray) -> tuple[float, float]:
        means = np.array([values[names == name].mean() for name in "vwxyz"])
        within = sum(((values[names == name] - values[names == name].mean()) ** 2).sum() for name in "vwxyz")
        return float(12 * ((means - values.mean()) ** 2).sum()) / 4, float(within) / 55

    among, inside = np.add(squares(one), squares(other))
    (found,) = apart(ibis.memtable(rows), "x", "y").to_pyarrow().to_pylist()
    assert found["value"] == pytest.approx((among - inside) / (among + 11 * inside))
