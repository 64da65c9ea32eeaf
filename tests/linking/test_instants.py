"""Time stamps become seconds, whatever their unit and layout."""

import numpy as np
import pyarrow as pa
import pytest

from excise.linking.instants import seconds


@pytest.mark.parametrize(
    ("unit", "value"), [("s", 2), ("ms", 2_000), ("us", 2_000_000), ("ns", 2_000_000_000)]
)
def test_every_unit(unit, value):
    assert seconds(pa.array([value], pa.timestamp(unit, "UTC"))).tolist() == [2.0]


def test_chunks_and_gaps():
    column = pa.chunked_array([[0], [None, 1_500_000]], pa.timestamp("us", "UTC"))
    found = seconds(column)
    assert found[[0, 2]].tolist() == [0.0, 1.5]
    assert np.isnan(found[1])


def test_nothing():
    assert seconds(pa.array([], pa.timestamp("us", "UTC"))).tolist() == []
