"""What may not come back."""

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from excise.store.retention import Retention

ACCOUNTS = st.sampled_from(["acct_1", "acct_2", "é", ""])
ROWS = st.lists(st.tuples(st.none() | ACCOUNTS, st.integers(-5, 20)), max_size=20)
NOTHING = Retention(bytes(32), floor_at_us=None, forgotten={})


def table(rows: list[tuple[str | None, int]]) -> pa.Table:
    return pa.table(
        {
            "account": pa.array([account for account, _ in rows], pa.string()),
            "started_at": pa.array([at for _, at in rows], pa.int64()),
        }
    )


@settings(deadline=None)
@given(ROWS, st.dictionaries(ACCOUNTS, st.integers(0, 20)), st.none() | st.integers(0, 20))
def test_it_refuses_what_was_forgotten_and_nothing_else(
    rows: list[tuple[str | None, int]], forgotten: dict[str, int], floor: int | None
) -> None:
    retention = NOTHING if floor is None else NOTHING.with_floor(floor)
    for account, at in forgotten.items():
        retention = retention.with_accounts([account], at_us=at)
    rows_ = table(rows)
    assert retention.too_old(rows_).tolist() == [floor is not None and at < floor for _, at in rows]
    expected = [account in forgotten and at < forgotten[account] for account, at in rows]
    assert retention.of_forgotten(rows_).tolist() == expected
    for batch in rows_.to_batches():
        assert retention.of_forgotten(batch).tolist() == expected


def test_floor_and_times_only_rise() -> None:
    assert NOTHING.with_floor(5).with_floor(3).floor_at_us == 5
    twice = NOTHING.with_accounts(["acct_1"], at_us=5).with_accounts(["acct_1"], at_us=3)
    assert list(twice.forgotten.values()) == [5]


def test_an_account_is_remembered_only_as_a_keyed_hash() -> None:
    here = NOTHING.with_accounts(["acct_1"], at_us=5)
    there = Retention(bytes([1]) * 32, floor_at_us=None, forgotten={}).with_accounts(["acct_1"], at_us=5)
    assert here.forgotten.keys().isdisjoint(there.forgotten)
    assert "acct_1" not in str(here.forgotten)
    assert here.knows("acct_1")
    assert not here.knows("acct_2")
    assert not Retention(bytes([1]) * 32, floor_at_us=None, forgotten=here.forgotten).knows("acct_1")
