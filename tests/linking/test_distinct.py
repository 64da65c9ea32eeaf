"""Distinct values by sorting are those of NumPy."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from excise.linking.distinct import distinct


@given(st.lists(st.integers(-(2**63), 2**63 - 1)))
def test_they_are_those_of_numpy(values):
    array = np.array(values, dtype=np.int64)
    assert distinct(array).tolist() == sorted(set(values))
    assert array.tolist() == values  # left as it was
