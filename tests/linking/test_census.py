"""What a census says of the accounts outside makes what they carry less rare."""

import numpy as np
import pyarrow as pa

from excise.linking.census import NOBODY, outside


class Town:
    """Ten owners outside, of whom three carry each value."""

    def owners(self, accounts):
        return 10

    def carriers(self, tie, values, accounts):
        return np.full(len(values), 3, dtype=np.int64)


def test_without_a_census_nobody_is_outside(tmp_path):
    assert outside(None, None) is NOBODY
    assert NOBODY.owners == 0


def test_a_census_is_asked_about_each_tie_and_value():
    class Rows:
        names = pa.array(["x", "y"])

    class Evidence:
        carried = {"payment": Rows}  # noqa: RUF012 - as evidence has it
        accounts = pa.array(["a"])

    found = outside(Town(), Evidence)
    assert found.owners == 10
    assert found.carriers["payment"].tolist() == [3, 3]
