"""What is forgotten is gone from every file, and stays away."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from excise.errors import StoreDamaged
from excise.observation.schema import SCHEMA
from excise.observation.secret import Keyring
from excise.store import directory
from excise.store.reading import StoreReader
from excise.store.retention import Forgotten
from excise.store.store import Store

Observed = Callable[..., pa.RecordBatch]
RowsOf = Callable[[StoreReader], list[dict[str, object]]]
RowsIn = Callable[..., list[dict[str, object]]]

START_S = 1_759_708_800.0  # 2025-10-06 00:00 UTC
DAY_S = 86_400.0
RING = Keyring.in_memory(bytes(range(32)))


def batch_of(rows: list[tuple[str, int, int]]) -> pa.RecordBatch:
    """Return one observation for each (account, day, number), whose record is these."""
    made = [
        {"record": f"{account}{day}{n}".encode().ljust(16), "account": account, "started_at": at_us(day, n)}
        for account, day, n in rows
    ]
    return pa.RecordBatch.from_pylist(made, schema=SCHEMA)


def at_us(day: int, n: int) -> int:
    return round((START_S + day * DAY_S + n) * 1e6)


def records(store: Store) -> set[bytes]:
    found = store.run(store.observations().select("record")).column("record").to_pylist()
    assert len(found) == len(set(found))
    return set(found)


class TestForgetting:
    """Forgotten is gone: from observations, the directory, the notes, and every byte of the folder."""

    def test_nothing_of_an_account_is_left(self, path: Path, observed: Observed) -> None:
        batch = observed(300, accounts=3)
        people = [{"account": f"acct_{n}", "plan": "pay-as-you-go"} for n in range(3)]
        directory_ = pa.Table.from_pylist(people, schema=directory.SCHEMA)
        with Store.open(path, RING) as store:
            store.rows_per_segment = 60
            for at in range(0, 300, 30):
                store.append(batch.slice(at, 30))
            store.put_accounts(directory_)
            store.notes.write("last_campaigns", b'{"accounts": ["acct_0", "acct_1"]}')
            store.notes.write("other", b'{"accounts": ["acct_2"]}')
            assert "acct_1" in everything_in(path)
            count = batch.column("account").to_pylist().count("acct_1")
            assert store.forget(now_s=START_S + 9 * DAY_S, accounts=["acct_1", "nobody"]) == Forgotten(
                of_accounts=count, directory=1, notes=1
            )
            assert "acct_1" not in everything_in(path)
            assert store.append(batch) == 0
            assert store.put_accounts(directory_) == 2
            assert store.facts.rows == 300 - count
        assert "acct_1" not in everything_in(path)
        assert "acct_0" in everything_in(path)

    def test_later_traffic_comes_in_and_the_directory_with_it(self, store: Store) -> None:
        people = pa.Table.from_pylist([{"account": "acct_1"}], schema=directory.SCHEMA)
        store.append(batch_of([("acct_1", 0, 1)]))
        store.forget(now_s=START_S + DAY_S, accounts=["acct_1"])
        assert store.put_accounts(people) == 0
        assert store.append(batch_of([("acct_1", 0, 1), ("acct_1", 0, 2), ("acct_1", 1, 1)])) == 1
        assert store.put_accounts(people) == 1

    def test_what_is_too_old(self, store: Store) -> None:
        rows = [("acct_1", day, n) for day in range(3) for n in range(4)]
        store.append(batch_of(rows))
        before_s = START_S + DAY_S + 2
        assert store.forget(now_s=0.0, before_s=before_s) == Forgotten(too_old=6)
        assert store.forget(now_s=0.0, before_s=before_s - DAY_S) == Forgotten()
        assert store.facts.floor_at_us == round(before_s * 1e6)
        assert store.append(batch_of(rows)) == 0
        assert len(records(store)) == 6

    def test_forgetting_an_age_keeps_the_notes(self, store: Store) -> None:
        store.notes.write("last_campaigns", b"{}")
        assert store.forget(now_s=0.0, before_s=START_S).notes == 0
        assert store.notes.read("last_campaigns") == b"{}"

    def test_whole_days_go_unread(self, path: Path, observed: Observed) -> None:
        with Store.open(path, RING) as store:
            store.append(observed(60, days=3))
        for file in path.glob("observations/**/*.parquet"):
            file.write_bytes(bytes(file.stat().st_size))
        with Store.open(path, RING) as store:
            days = store.facts.rows
            gone = store.forget(now_s=0.0, before_s=START_S + 2 * DAY_S)
            assert 0 < gone.too_old == days - store.facts.rows
            assert store.facts.first_day == "2025-10-08"

    def test_damage_is_not_rewritten_as_if_it_were_right(self, path: Path, observed: Observed) -> None:
        with Store.open(path, RING) as store:
            store.append(observed(50, days=1))
        (file,) = path.glob("observations/**/*.parquet")
        data = bytearray(file.read_bytes())
        data[len(data) // 3] ^= 1
        file.write_bytes(data)
        with Store.open(path, RING) as store:
            with pytest.raises(StoreDamaged, match=str(file)):
                store.forget(now_s=START_S, before_s=START_S + 3600)
            with pytest.raises(StoreDamaged, match=str(file)):
                store.append(observed(50, days=1))


def everything_in(path: Path) -> str:
    """Return all that the files of a store say: names, bytes, and what Parquet files hold unpacked."""
    said: list[str] = []
    for file in sorted(p for p in path.rglob("*") if p.is_file()):
        said += [str(file), file.read_bytes().decode("latin-1")]
        if file.suffix == ".parquet":
            said += [str(pq.read_table(file).to_pydict()), str(pq.read_metadata(file).to_dict())]
    return "\n".join(said)
