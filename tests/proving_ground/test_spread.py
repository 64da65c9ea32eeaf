import pytest
from hypothesis import given
from hypothesis import strategies as st

from excise.proving_ground.spread import Spread


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_the_median_lies_in_its_interval_and_the_interval_in_the_values(values):
    found = Spread.over(values)
    assert round(min(values), 4) <= found.low <= found.median <= found.high <= round(max(values), 4)
    assert found.worst_quarter <= found.median
    assert found.worlds == len(values)


def test_it_is_the_same_again_and_says_what_it_lacks():
    assert Spread.over([0.1, 0.5, 0.9]) == Spread.over([0.1, 0.5, 0.9])
    with pytest.raises(ValueError, match="at least one"):
        Spread.over([])
