"""Questions: expressions over named tables, answered from a whole store."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import ibis
import pyarrow as pa
import pytest

from excise.errors import StoreDamaged, UnknownMember, WrongSecret
from excise.observation.secret import Keyring
from excise.store import directory, networks, releases
from excise.store.manifest import Manifest
from excise.store.reading import StoreReader
from excise.store.store import Store

Observed = Callable[..., pa.RecordBatch]
RowsOf = Callable[[StoreReader], list[dict[str, object]]]


def test_there_has_to_be_a_store(path: Path, ring: Keyring) -> None:
    with pytest.raises(StoreDamaged, match=f"{path}: there is no store here"):
        StoreReader.open(path, ring)
    assert not path.exists()


def test_an_empty_store_answers(store: Store) -> None:
    for table in store.tables:
        assert store.run(table).num_rows == 0
        assert store.run(table).column_names == list(table.columns)
    assert store.facts == (0, 0, 0, (), None, None, None, None)


def test_a_reader_sees_what_was_flushed(
    path: Path, ring: Keyring, observed: Observed, rows_of: RowsOf
) -> None:
    with Store.open(path, ring) as store, StoreReader.open(path, ring) as reader:
        store.append(observed(50))
        assert rows_of(reader) == []
        store.flush()
        assert rows_of(reader) == rows_of(store)
        assert len(rows_of(reader)) == 50


def test_a_question_reads_back_its_own_writes(store: Store, observed: Observed) -> None:
    store.append(observed(50))
    assert store.run(store.observations().agg(n=lambda t: t.count())).to_pylist() == [{"n": 50}]


def test_another_secret_is_refused(path: Path, ring: Keyring, observed: Observed) -> None:
    with Store.open(path, ring) as store:
        store.append(observed(5))
    for kind in (Store, StoreReader):
        with pytest.raises(WrongSecret, match=rf"{path}: .*{ring.reading.id}.*--secret-file"):
            kind.open(path, Keyring.in_memory(bytes(32)))
    Store.open(path, ring).close()  # the refusal let go of the lock


def test_a_ring_that_lost_the_keys_is_refused(path: Path, tmp_path: Path, observed: Observed) -> None:
    secret = tmp_path / "secret.toml"
    ring = Keyring.open(secret, now_s=0.0)
    with Store.open(path, ring) as store:
        store.append(observed(5))
    newer = ring.rotate(now_s=0.0, overlap_s=0.0)
    Store.open(path, newer).close()
    secret.write_text(secret.read_text().replace(ring.reading.id, "00000000"))
    with pytest.raises(WrongSecret, match=ring.reading.id):
        Store.open(path, Keyring.open(secret, now_s=0.0))


def test_the_engine_is_named(path: Path, ring: Keyring) -> None:
    with (
        Store.open(path, ring, engine="duckbd") as store,
        pytest.raises(UnknownMember, match="did you mean 'duckdb'"),
    ):
        store.run(store.observations())


def test_addresses_are_resolved(store: Store, observed: Observed) -> None:
    batch = observed(40)
    seen = ["198.18.7.9", "2001:db8::1", "unknown", None]
    at = batch.schema.get_field_index("address")
    batch = batch.set_column(at, batch.schema.field(at), pa.array((seen * 10)[:40]))
    store.append(batch)
    query = store.tables.addresses.order_by("address")
    assert [row["network"] for row in store.run(query).to_pylist()] == [None, None, None]
    prefixes = [{"prefix": "198.18.0.0/15", "asn": 7, "network": "bench", "kind": "hosting"}]
    store.put_networks(pa.Table.from_pylist(prefixes, schema=networks.SCHEMA))
    assert store.run(query).to_pylist() == [
        {"address": "198.18.7.9", "block": "198.18.7.0/24", "asn": 7, "network": "bench", "kind": "hosting"},
        {"address": "2001:db8::1", "block": "2001:db8::/48", "asn": None, "network": None, "kind": None},
        {"address": "unknown", "block": None, "asn": None, "network": None, "kind": None},
    ]
    joined = store.observations().join(store.tables.addresses, "address").filter(lambda t: t.asn == 7)
    assert store.run(joined.select("record")).num_rows == 10


def test_tables_are_kept_between_openings(path: Path, ring: Keyring) -> None:
    with Store.open(path, ring) as store:
        people = [{"account": "acct_1", "created_at": 5, "verification": "business"}]
        assert store.put_accounts(pa.Table.from_pylist(people, schema=directory.SCHEMA)) == 1
        models = [{"model": "atlas-2", "released_at": 7}]
        store.put_releases(pa.Table.from_pylist(models, schema=releases.SCHEMA))
    with StoreReader.open(path, ring) as reader:
        assert reader.run(reader.tables.accounts).cast(directory.SCHEMA).column("account").to_pylist() == [
            "acct_1"
        ]
        assert reader.run(reader.tables.releases).cast(releases.SCHEMA).num_rows == 1


def test_a_table_that_is_brought_again_is_replaced(store: Store) -> None:
    for account in ("acct_1", "acct_2"):
        store.put_accounts(pa.Table.from_pylist([{"account": account}], schema=directory.SCHEMA))
        assert store.run(store.tables.accounts).column("account").to_pylist() == [account]


def test_a_step_is_kept(store: Store, observed: Observed) -> None:
    store.append(observed(100))
    per_account = store.observations().group_by("account").agg(n=lambda t: t.count())
    step = store.keep("per_account", per_account)
    store.append(observed(100, seed=1))
    assert store.run(step.agg(total=step.n.sum())).to_pylist() == [{"total": 100}]
    step = store.keep("per_account", per_account)
    assert store.run(step.agg(total=step.n.sum())).to_pylist() == [{"total": 200}]
    given = store.keep("given", pa.table({"account": ["acct_1"]}))
    assert store.run(given.join(step, "account").select("n")).num_rows == 1
    with pytest.raises(ValueError, match="table of the store"):
        store.keep("observations", pa.table({"a": [1]}))


def damage(path: Path) -> Path:
    manifest = Manifest.load(path)
    assert manifest is not None
    file = path / "observations" / manifest.segments[0].file
    data = bytearray(file.read_bytes())
    middle = len(data) // 2
    for at in range(4, len(data) - 8):
        data[at] ^= 0x55 if at < middle else 0
    file.write_bytes(data)
    return file


def test_a_corrupt_segment_is_named(path: Path, ring: Keyring, observed: Observed) -> None:
    with Store.open(path, ring) as store:
        store.append(observed(300))
    file = damage(path)
    with StoreReader.open(path, ring) as reader:
        with pytest.raises(StoreDamaged, match=f"{file}: .*back-up"):
            reader.run(reader.observations())
        with pytest.raises(StoreDamaged, match=f"{file}: .*back-up"):
            reader.keep("step", reader.observations())
        with pytest.raises(StoreDamaged, match=f"{file}: .*back-up"):
            reader.verify()


def test_a_wrong_question_is_not_blamed_on_the_store(store: Store, observed: Observed) -> None:
    store.append(observed(5))
    with pytest.raises(Exception, match="nothing_of_that_name"):
        store.run(ibis.table({"a": "int64"}, name="nothing_of_that_name"))


def test_readers_see_each_row_once_while_the_store_is_compacted(
    path: Path, ring: Keyring, observed: Observed
) -> None:
    def write() -> None:
        with Store.open(path, ring) as store:
            for seed in range(1, 25):
                store.append(observed(20, seed=seed, days=2))
                store.flush()
                if seed % 3 == 0:
                    store.compact()

    with Store.open(path, ring) as store:
        store.append(observed(20, days=2))
    seen: list[int] = []
    with StoreReader.open(path, ring) as reader, ThreadPoolExecutor(1) as pool:
        t = reader.observations()
        query = t.agg(rows=t.count(), records=t.record.nunique(), words=t.prompt_words.count())
        writer = pool.submit(write)
        while not writer.done():
            (answer,) = reader.run(query).to_pylist()
            assert answer["rows"] == answer["records"]
            seen.append(answer["rows"])
        writer.result()
        assert seen == sorted(seen)
        assert reader.run(query).to_pylist()[0]["records"] == 500
    assert {rows % 20 for rows in seen} == {0}
