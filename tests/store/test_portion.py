"""Rows in memory answer as a store does, and are forgotten when others come."""

import pyarrow as pa
import pytest

from excise.store.portion import Portion
from excise.store.tables import SCHEMAS


def _rows(*accounts):
    return pa.Table.from_pylist([{"account": one} for one in accounts], schema=SCHEMAS["observations"])


def test_it_holds_what_it_was_filled_with_last(tmp_path):
    with Portion(tmp_path) as part:
        part.fill(observations=_rows("a", "b"))
        asked = part.tables.observations.select("account")
        assert part.run(asked).num_rows == 2
        part.fill(observations=_rows("c"))
        assert part.run(asked).to_pylist() == [{"account": "c"}]
        part.fill()
        assert part.run(asked).num_rows == 0


def test_a_step_has_a_name_of_its_own(tmp_path):
    with Portion(tmp_path) as part:
        part.fill(observations=_rows("a"))
        step = part.keep("some", pa.table({"x": [1, 2]}))
        assert part.run(step).num_rows == 2
        with pytest.raises(ValueError, match="another name"):
            part.keep("observations", pa.table({"x": [1]}))
