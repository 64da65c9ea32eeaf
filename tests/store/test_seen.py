"""Which records are known."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from excise.store.seen import Partition, Seen

DAY = Partition("9a96c06a", "2025-10-06")
# Few values, and halves that collide: what tells records apart is sometimes the second half alone.
RECORDS = st.builds(lambda a, b: bytes([a]) * 8 + bytes([b]) * 8, st.integers(0, 3), st.integers(0, 3))


def records(values: list[bytes]) -> pa.Array:
    return pa.array(values, pa.binary(16))


@settings(deadline=None)
@given(st.lists(st.lists(RECORDS, max_size=12), max_size=8))
def test_it_is_a_set(batches: list[list[bytes]]) -> None:
    seen = Seen(lambda _: [])
    known: set[bytes] = set()
    for batch in batches:
        expected = []
        for record in batch:
            expected.append(record not in known)
            known.add(record)
        assert seen.admit(DAY, records(batch)).tolist() == expected


def test_many_random_records() -> None:
    rng = np.random.default_rng(0)
    values = [rng.bytes(16) for _ in range(5_000)]
    seen = Seen(lambda _: [])
    for at in range(0, 5_000, 100):
        assert seen.admit(DAY, records(values[at : at + 100])).all()
    assert not seen.admit(DAY, records(values)).any()


def test_slices_are_read_where_they_are() -> None:
    values = [bytes([n]) * 16 for n in range(6)]
    seen = Seen(lambda _: [records(values).slice(1, 2)])
    assert seen.admit(DAY, records(values).slice(2, 4)).tolist() == [False, True, True, True]
    assert seen.admit(DAY, records(values).slice(0, 2)).tolist() == [True, False]


def test_what_is_kept_is_loaded_once_while_there_is_room() -> None:
    loaded = []

    def load(partition: Partition) -> Iterator[pa.Array]:
        loaded.append(partition.day)
        yield records([partition.day.encode().ljust(16)])

    seen = Seen(load, room=10)
    for _ in range(3):
        assert not seen.admit(DAY, records([b"2025-10-06".ljust(16)])).any()
    assert loaded == ["2025-10-06"]
    other = Partition("9a96c06a", "2025-10-07")
    assert seen.admit(other, records([bytes([n]) * 16 for n in range(20)])).all()
    assert not seen.admit(DAY, records([b"2025-10-06".ljust(16)])).any()
    assert loaded == ["2025-10-06", "2025-10-07", "2025-10-06"]
    seen.clear()
    seen.admit(other, records([]))
    assert loaded[-1] == "2025-10-07"


def test_keys_and_days_are_apart() -> None:
    seen = Seen(lambda _: [])
    for partition in (DAY, Partition("00000000", DAY.day), Partition(DAY.key, "2025-10-07")):
        assert seen.admit(partition, records([bytes(16)])).all()
