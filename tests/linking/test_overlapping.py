"""Weights of one cause: the strongest, a part of the others, and all that speaks against."""

import numpy as np
import pytest

from excise.linking.overlapping import overlapping


@pytest.mark.parametrize(
    ("weights", "combined"),
    [([3.0], 3.0), ([3.0, 1.0, 2.0], 3.6), ([3.0, -1.0, -0.5], 1.5), ([-1.0, -2.0], -3.0), ([0.0], 0.0)],
)
def test_by_hand(weights, combined):
    column = np.array(weights)[:, None]
    assert overlapping(column, rest=0.2) == pytest.approx(combined)
    assert overlapping(column[::-1], rest=0.2) == pytest.approx(combined)
