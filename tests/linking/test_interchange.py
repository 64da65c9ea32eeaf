"""Repeats within and between accounts, against a count by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from excise.linking.interchange import repeats

TABLES = st.lists(st.lists(st.integers(0, 6), min_size=4, max_size=4), min_size=3, max_size=6).map(
    lambda rows: np.array(rows, dtype=float)
)
NONE = np.array([-1])


def everyone(count):
    return sparse.csr_array(np.ones((1, count)))


def of(table, most=1e9, without=-1):
    sets = everyone(len(table))
    return repeats(sets, sparse.csr_array(table), most=most, without=np.array([without]))


@settings(max_examples=60, deadline=None)
@given(TABLES)
def test_repeats_between_accounts_are_what_one_counts_by_hand(table):
    found = of(table)
    pairs = [(a, b) for a in range(len(table)) for b in range(len(table)) if a != b]
    alike = sum(float(table[a] @ table[b]) for a, b in pairs)
    possible = sum(float(table[a].sum() * table[b].sum()) for a, b in pairs)
    assert found.between_pairs[0] == pytest.approx(alike)
    assert found.between[0] == pytest.approx(alike / possible if possible else 0.0)
    assert found.within_pairs[0] == pytest.approx(float((table * (table - 1)).sum()))


def test_one_pool_repeats_alike_within_and_between():
    dealt = np.random.default_rng(5).multinomial(200, [0.4, 0.3, 0.2, 0.1], size=60).astype(float)
    found = of(dealt)
    assert found.within[0] == pytest.approx(found.between[0], rel=0.05)


def test_pools_of_their_own_repeat_within():
    found = of(np.eye(20) * 10)
    assert (found.within[0], found.between[0]) == (pytest.approx(0.9), 0.0)
    assert found.covered[0] == 1.0


def test_a_stranger_in_ten_does_not_decide():
    """Ten accounts, of which one repeats itself always: the mean is over the other nine."""
    table = np.hstack([np.full((10, 4), 5.0), np.zeros((10, 1))])
    table[9] = [0, 0, 0, 0, 20]
    assert of(table).within[0] == pytest.approx(4 * 5 * 4 / 20**2)


def test_what_a_set_was_found_by_is_left_out():
    table = np.random.default_rng(6).integers(0, 9, (8, 5)).astype(float)
    for column in range(5):
        for said, expected in zip(
            of(table, without=column), of(np.delete(table, column, axis=1)), strict=True
        ):
            assert said == pytest.approx(expected)


def test_a_heavy_account_counts_as_if_it_had_the_most():
    """Ten times the exchanges, in the same proportions, change nothing beyond the limit."""
    table = np.array([[40.0, 10.0], [25.0, 25.0], [10.0, 40.0]])
    heavy = table * np.array([[10.0], [1.0], [1.0]])
    assert of(heavy, most=50).between == pytest.approx(of(table, most=50).between)


def test_sets_do_not_mix():
    table = np.array([[3.0, 0.0], [2.0, 1.0], [0.0, 4.0], [1.0, 1.0]])
    sets = sparse.csr_array(np.array([[1.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 1.0]]))
    found = repeats(sets, sparse.csr_array(table), most=1e9, without=np.array([-1, -1]))
    for row, mine in enumerate((table[:2], table[2:])):
        for said, expected in zip(found, of(mine), strict=True):
            assert said[row] == pytest.approx(expected[0])
