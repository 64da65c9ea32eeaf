"""Observations by account: whatever way they came, an account's rows are all there, once."""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from hypothesis import given, settings
from hypothesis import strategies as st

from excise.observation.schema import SCHEMA
from excise.service.loop.runs import Runs

Row = tuple[str | None, int]
_ROWS = st.lists(
    st.lists(st.tuples(st.sampled_from(["a", "b", "ä", None]), st.integers(0, 50)), max_size=6), max_size=30
)


def table(rows: list[Row], first: int = 0) -> pa.Table:
    """Observations of accounts at moments (microseconds), with records that count from a number."""
    made = [
        {"record": (first + at).to_bytes(16, "big"), "account": account, "started_at": started}
        for at, (account, started) in enumerate(rows)
    ]
    return pa.Table.from_pylist(made, schema=SCHEMA)


def records(rows: pa.Table) -> list[bytes]:
    """The records, in order."""
    return sorted(rows["record"].to_pylist())


@settings(max_examples=25, deadline=None)
@given(batches=_ROWS)
def test_an_account_has_all_its_rows_however_they_came(
    tmp_path_factory: object, batches: list[list[Row]]
) -> None:
    folder = Path(tmp_path_factory.mktemp("runs"))  # type: ignore[attr-defined]
    runs, first, every = Runs(folder, key="k"), 0, [SCHEMA.empty_table()]
    for batch in batches:
        every.append(table(batch, first))
        first += len(batch)
        runs.add(every[-1], segment=first)
    whole = pa.concat_tables(every)
    for again in (runs, Runs(folder, key="k")):
        assert again.segment == first
        for account in ("a", "b", "ä", "nobody"):
            expected = whole.filter(pc.equal(whole["account"], account))
            assert records(again.of([account])) == records(expected)
        assert again.rows == whole["account"].drop_null().length()
        assert len(list(folder.glob("*.arrow"))) <= 12


def test_what_was_written_twice_is_held_once(tmp_path: Path) -> None:
    runs = Runs(tmp_path, key="k")
    rows = table([("a", 1), ("b", 2), ("a", 3)])
    runs.add(rows.slice(0, 2), segment=1)
    runs.add_missing(rows, segment=2)
    assert records(runs.of(["a", "b"])) == records(rows)
    assert runs.segment == 2


def test_what_is_older_than_the_window_goes(tmp_path: Path) -> None:
    runs = Runs(tmp_path, key="k")
    runs.add(table([("a", 1), ("b", 2), ("a", 3)]), segment=4)
    runs.forget_before(2)
    assert Runs(tmp_path, key="k").of(["a", "b"])["started_at"].cast(pa.int64()).to_pylist() == [3, 2]
    runs.forget_before(10)
    assert Runs(tmp_path, key="k").rows == 0


def test_the_rows_of_another_key_and_what_a_killed_process_left_do_not_count(tmp_path: Path) -> None:
    runs = Runs(tmp_path, key="k")
    runs.add(table([("a", 1)]), segment=4)
    (tmp_path / "7.arrow").write_bytes(b"half")
    assert Runs(tmp_path, key="k").rows == 1
    assert not (tmp_path / "7.arrow").exists()
    other = Runs(tmp_path, key="other")
    assert (other.rows, other.segment) == (0, 0)


def test_runs_stay_few_and_rows_are_written_a_few_times_only(tmp_path: Path) -> None:
    runs = Runs(tmp_path, key="k")
    for at in range(300):
        runs.add(table([("a", at), (f"b{at % 7}", at)], 2 * at), segment=at)
    assert len(list(tmp_path.glob("*.arrow"))) <= 16
    assert runs.of(["a"]).num_rows == 300
