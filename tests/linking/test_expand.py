"""Pairs of carriers, against pairs counted one by one."""

from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from excise.linking.expand import expand


@settings(max_examples=60, deadline=None)
@given(
    st.sets(st.tuples(st.integers(0, 4), st.integers(0, 9)), max_size=30),
    st.integers(0, 8),
    st.randoms(use_true_random=False),
)
def test_every_pair_of_carriers_of_one_value_comes_once(rows, most, shuffle):
    rows = sorted(rows)
    shuffle.shuffle(rows)
    value = np.array([v for v, _ in rows], np.int64)
    carrier = np.array([c for _, c in rows], np.int64)
    one, other = expand(value, carrier, most=most)
    found = sorted(
        (int(value[a]), *sorted((int(carrier[a]), int(carrier[b])))) for a, b in zip(one, other, strict=True)
    )
    assert (value[one] == value[other]).all()
    expected = []
    for v in set(value.tolist()):
        carriers = sorted(c for w, c in rows if w == v)
        if len(carriers) <= most:
            expected += [(v, *pair) for pair in combinations(carriers, 2)]
    assert found == sorted(expected)
