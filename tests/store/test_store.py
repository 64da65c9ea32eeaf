"""The laws of the store: order does not matter, twice is once, what was forgotten stays away."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from excise.errors import BadSetting, StoreBusy, StoreDamaged
from excise.observation.schema import SCHEMA
from excise.observation.secret import Keyring
from excise.store import networks
from excise.store.manifest import Manifest
from excise.store.notes import Scan
from excise.store.reading import StoreReader
from excise.store.store import Store

Observed = Callable[..., pa.RecordBatch]
RowsOf = Callable[[StoreReader], list[dict[str, object]]]
RowsIn = Callable[..., list[dict[str, object]]]

START_S = 1_759_708_800.0  # 2025-10-06 00:00 UTC
DAY_S = 86_400.0
RING = Keyring.in_memory(bytes(range(32)))
LAWS = settings(max_examples=8, deadline=None)
KIND = st.tuples(st.sampled_from([f"acct_{n}" for n in range(3)]), st.integers(0, 3), st.integers(0, 9))


def batch_of(rows: list[tuple[str, int, int]]) -> pa.RecordBatch:
    """Return one observation for each (account, day, number), whose record is these."""
    made = [
        {"record": f"{account}{day}{n}".encode().ljust(16), "account": account, "started_at": at_us(day, n)}
        for account, day, n in rows
    ]
    return pa.RecordBatch.from_pylist(made, schema=SCHEMA)


def at_us(day: int, n: int) -> int:
    return round((START_S + day * DAY_S + n) * 1e6)


@contextmanager
def scratch(path: Path | None = None) -> Iterator[Store]:
    """Open a store that writes often, in a folder of its own if none is given."""
    with TemporaryDirectory() as folder, Store.open(path or Path(folder) / "store", RING) as store:
        store.rows_per_segment = 5
        yield store


def records(store: Store) -> set[bytes]:
    found = store.run(store.observations().select("record")).column("record").to_pylist()
    assert len(found) == len(set(found))
    return set(found)


@LAWS
@given(st.lists(st.lists(KIND, max_size=12), max_size=5), st.data())
def test_the_order_of_appends_does_not_matter(
    appends: list[list[tuple[str, int, int]]], data: st.DataObject
) -> None:
    everything = data.draw(st.permutations([row for rows in appends for row in rows]))
    with scratch() as one, scratch() as other:
        new = sum(one.append(batch_of(rows)) for rows in appends)
        assert other.append(batch_of(everything)) == new
        assert records(one) == records(other) == set(batch_of(everything).column("record").to_pylist())


@LAWS
@given(st.lists(KIND, max_size=30), st.sampled_from(["flush", "compact", "reopen", "nothing"]))
def test_twice_is_once(rows: list[tuple[str, int, int]], between: str) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "store"
        with scratch(path) as store:
            assert store.append(batch_of(rows)) == len(set(rows))
            if between in ("flush", "compact"):
                getattr(store, between)()
            if between != "reopen":
                assert store.append(batch_of(rows)) == 0
        with scratch(path) as store:
            assert store.append(batch_of(rows)) == 0
            assert len(records(store)) == store.facts.rows == len(set(rows))


@LAWS
@given(
    st.lists(KIND, max_size=30), st.sets(st.sampled_from(["acct_0", "acct_1"])), st.none() | st.integers(0, 4)
)
def test_what_was_forgotten_does_not_come_back(
    rows: list[tuple[str, int, int]], accounts: set[str], before_day: int | None
) -> None:
    now_s = START_S + 2 * DAY_S
    before_s = None if before_day is None else START_S + before_day * DAY_S
    floor = -1 if before_day is None else before_day
    left = {row for row in rows if not (row[0] in accounts and row[1] < 2) and row[1] >= floor}
    with TemporaryDirectory() as folder:
        path = Path(folder) / "store"
        with scratch(path) as store:
            store.append(batch_of(rows))
            gone = store.forget(now_s=now_s, before_s=before_s, accounts=accounts)
            assert gone.too_old + gone.of_accounts == len(set(rows)) - len(left)
            assert records(store) == set(batch_of(sorted(left)).column("record").to_pylist())
            assert store.append(batch_of(rows)) == 0
        with scratch(path) as store:
            assert store.append(batch_of(rows)) == 0
            assert store.compact() >= 0
            assert records(store) == set(batch_of(sorted(left)).column("record").to_pylist())


def test_every_value_is_kept(store: Store, observed: Observed, rows_of: RowsOf, rows_in: RowsIn) -> None:
    batches = [observed(400, seed=seed) for seed in range(3)]
    for batch in batches:
        assert store.append(batch) == 400
    assert rows_of(store) == rows_in(*batches)
    store.compact()
    assert rows_of(store) == rows_in(*batches)


def test_segments_lie_by_key_and_day(store: Store, path: Path, observed: Observed) -> None:
    store.append(observed(100, days=3))
    store.flush()
    files = sorted(str(p.relative_to(path / "observations")) for p in path.glob("observations/**/*.parquet"))
    assert len(files) == 3
    for file, day in zip(files, ("2025-10-06", "2025-10-07", "2025-10-08"), strict=True):
        assert re.fullmatch(rf"key={RING.reading.id}/day={day}/\d{{8}}\.parquet", file)
        times = pq.read_table(path / "observations" / file).column("started_at").to_pylist()
        assert {str(time.date()) for time in times} == {day}
    facts = store.facts
    assert (facts.first_day, facts.last_day, facts.segments, facts.rows) == (
        "2025-10-06",
        "2025-10-08",
        3,
        100,
    )


@pytest.mark.parametrize("at_us", [-1, -(10**15), 0, 253_402_300_800_000_000, 9 * 10**18])
def test_no_time_is_too_strange(store: Store, at_us: int) -> None:
    batch = pa.RecordBatch.from_pylist(
        [{"record": bytes(16), "started_at": 0, "account": "a"}], schema=SCHEMA
    )
    at = SCHEMA.get_field_index("started_at")
    batch = batch.set_column(at, SCHEMA.field(at), pa.array([at_us], pa.int64()).cast(SCHEMA.field(at).type))
    assert store.append(batch) == 1
    assert store.append(batch) == 0
    store.flush()
    assert store.append(batch) == 0
    count = store.observations().agg(n=lambda t: t.count(), accounts=lambda t: t.account.nunique())
    assert store.run(count).to_pylist() == [{"n": 1, "accounts": 1}]


def test_rows_are_written_when_enough_have_come(store: Store, observed: Observed) -> None:
    store.rows_per_segment = 150
    store.append(observed(100, days=1))
    assert list(store.path.glob("observations/**/*.parquet")) == []
    store.append(observed(100, days=1, seed=1))
    assert len(list(store.path.glob("observations/**/*.parquet"))) == 1


def test_compaction_leaves_one_segment_a_day(store: Store, observed: Observed, rows_of: RowsOf) -> None:
    for seed in range(6):
        store.append(observed(30, seed=seed, days=2))
        store.flush()
    before = rows_of(store)
    assert store.facts.segments == 12
    assert store.compact() == 10
    assert store.compact() == 0
    assert rows_of(store) == before
    assert len(list(store.path.glob("observations/**/*"))) == 2 + 2 + 1  # files, and the folders around them


def test_many_rows_in_a_day_make_several_segments(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("excise.store.segments.ROWS_PER_GROUP", 4)
    rows = [("acct_0", 0, n) for n in range(10)]
    for row in rows:
        store.append(batch_of([row]))
        store.flush()
    store.compact()
    assert store.facts.segments == 3
    assert len(records(store)) == 10


@pytest.mark.parametrize(
    "wrong",
    [
        pa.RecordBatch.from_pylist([{"record": bytes(16)}]),
        pa.RecordBatch.from_pylist([{"record": None, "started_at": 0}], schema=SCHEMA),
        pa.RecordBatch.from_pylist([{"record": bytes(16)}], schema=SCHEMA),
    ],
)
def test_what_is_no_observation_is_refused(store: Store, wrong: pa.RecordBatch) -> None:
    with pytest.raises(ValueError, match="observation"):
        store.append(wrong)


@pytest.mark.usefixtures("store")
def test_one_process_writes(path: Path) -> None:
    with pytest.raises(StoreBusy):
        Store.open(path, RING)


def test_an_empty_batch_changes_nothing(store: Store, observed: Observed) -> None:
    assert store.append(observed(0)) == 0
    store.flush()
    assert store.facts.rows == 0


def test_what_repeats_costs_little(store: Store, observed: Observed) -> None:
    """Footers included, and although each row has two hashes of its own, which are 24 bytes of noise."""
    (row,) = observed(1, seed=3).to_pylist()
    rows = [row | {"record": n.to_bytes(16), "prompt": hash((n, 1)) & 2**63 - 1} for n in range(2000)]
    store.append(pa.RecordBatch.from_pylist(rows, schema=SCHEMA))
    store.flush()
    assert store.facts.size_bytes / store.facts.rows < 50


class TestRotation:
    """While two keys overlap, both are written and the older is asked; then its rows go."""

    @pytest.fixture
    def secret(self, tmp_path: Path) -> Path:
        return tmp_path / "secret.toml"

    def test_the_older_key_is_asked_until_it_retires(
        self, secret: Path, path: Path, observed: Observed, rows_of: RowsOf, rows_in: RowsIn
    ) -> None:
        before = Keyring.open(secret, now_s=0.0)
        first, second, third = (observed(40, seed=seed) for seed in range(3))
        with Store.open(path, before) as store:
            store.append(first)
        overlap = before.rotate(now_s=10.0, overlap_s=100.0)
        old, new = overlap.writing
        with Store.open(path, overlap) as store:
            assert store.append(second, key=old) == 40
            assert store.append(third, key=new) == 40
            assert store.append(third, key=new) == 0
            assert rows_of(store) == rows_in(first, second)
            assert store.facts.keys == tuple(sorted([old.id, new.id]))
            assert store.sweep(now_s=50.0) == 0
        after = Keyring.open(secret, now_s=120.0)
        with Store.open(path, after) as store:
            assert rows_of(store) == rows_in(third)
            with pytest.raises(ValueError, match=f"under key {old.id}"):
                store.append(first, key=old)
            assert store.sweep(now_s=120.0) == 80
            assert store.sweep(now_s=120.0) == 0
            assert rows_of(store) == rows_in(third)
            assert store.facts.keys == (new.id,)
        assert [p.parent.parent.name for p in path.glob("observations/**/*.parquet")] == [f"key={new.id}"] * 3

    def test_a_process_that_outlives_the_key_sweeps_it(
        self, secret: Path, path: Path, observed: Observed
    ) -> None:
        overlap = Keyring.open(secret, now_s=0.0).rotate(now_s=0.0, overlap_s=10.0)
        with Store.open(path, overlap) as store:
            store.append(observed(20))
            assert store.sweep(now_s=9.0) == 0
            assert store.sweep(now_s=10.0) == 20

    def test_forgetting_reaches_every_key_and_outlives_them(
        self, secret: Path, path: Path, observed: Observed
    ) -> None:
        overlap = Keyring.open(secret, now_s=0.0).rotate(now_s=10.0, overlap_s=100.0)
        batch = observed(60, accounts=2)
        of_account = batch.column("account").to_pylist().count("acct_1")
        with Store.open(path, overlap) as store:
            for key in overlap.writing:
                store.append(batch, key=key)
            gone = store.forget(now_s=START_S + 9 * DAY_S, accounts=["acct_1"])
            assert gone.of_accounts == 2 * of_account
        with Store.open(path, Keyring.open(secret, now_s=500.0)) as store:
            assert store.append(batch) == 0
            assert store.append(observed(60, accounts=2, seed=1)) < 60


class TestOpening:
    """What killed processes leave is swept, what is missing is said."""

    def test_left_over_files_count_for_nothing(
        self, path: Path, observed: Observed, rows_of: RowsOf, rows_in: RowsIn
    ) -> None:
        batch = observed(50, days=1)
        with Store.open(path, RING) as store:
            store.append(batch)
        (file,) = path.glob("observations/**/*.parquet")
        left = [
            file.with_name("00000099.parquet"),
            file.with_name("00000002.parquet.tmp"),
            path / "segments.json.tmp",
        ]
        left += [path / "tables" / "accounts.parquet.tmp", path / "spill" / "1234567890" / "rows"]
        for each in left:
            each.parent.mkdir(parents=True, exist_ok=True)
            each.write_bytes(file.read_bytes())
        with StoreReader.open(path, RING) as reader:
            assert rows_of(reader) == rows_in(batch)
        with Store.open(path, RING) as store:
            assert rows_of(store) == rows_in(batch)
        assert [each for each in left if each.exists()] == []

    @pytest.mark.parametrize("damage", [lambda p: p.unlink(), lambda p: p.write_bytes(p.read_bytes()[:-1])])
    def test_a_lost_or_cut_segment_is_named(
        self, path: Path, observed: Observed, damage: Callable[[Path], object]
    ) -> None:
        with Store.open(path, RING) as store:
            store.append(observed(50, days=1))
        (file,) = path.glob("observations/**/*.parquet")
        damage(file)
        with pytest.raises(StoreDamaged, match=str(file)):
            Store.open(path, RING)

    def test_a_question_is_asked_again_when_the_store_was_compacted(
        self,
        path: Path,
        observed: Observed,
        rows_of: RowsOf,
        rows_in: RowsIn,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        batches = [observed(10, seed=seed, days=1) for seed in range(3)]
        with Store.open(path, RING) as store, StoreReader.open(path, RING) as reader:
            for batch in batches:
                store.append(batch)
                store.flush()
            stale = Manifest.load(path)
            store.compact()
            truth, answers = reader._manifest, iter([stale])
            monkeypatch.setattr(reader, "_manifest", lambda: next(answers, None) or truth())
            assert rows_of(reader) == rows_in(*batches)
            assert next(answers, None) is None


class TestMaking:
    """A store is made of an empty folder, and of no other."""

    def test_a_folder_of_something_else_is_left_alone(self, path: Path) -> None:
        (path / "spill" / "photos").mkdir(parents=True)
        (path / "draft.tmp").write_text("mine")
        for _ in range(2):
            with pytest.raises(BadSetting, match=f"{path}: this folder is no store, and not empty.*--store"):
                Store.open(path, RING)
        assert (path / "draft.tmp").read_text() == "mine"
        assert (path / "spill" / "photos").exists()

    def test_segments_without_a_manifest_are_not_swept(self, path: Path, observed: Observed) -> None:
        with Store.open(path, RING) as store:
            store.append(observed(5))
        (path / "segments.json").unlink()
        with pytest.raises(StoreDamaged, match=r"segments\.json: it is missing"):
            Store.open(path, RING)
        assert list(path.glob("observations/**/*.parquet"))

    def test_where_there_can_be_none(self, path: Path) -> None:
        path.write_text("a file")
        with pytest.raises(BadSetting, match=f"{path}: no store can be here: File exists; .*--store"):
            Store.open(path, RING)
        with pytest.raises(BadSetting, match="no store can be here: Not a directory"):
            Store.open(path / "below", RING)

    def test_a_process_killed_while_making_it_changes_nothing(self, path: Path) -> None:
        path.mkdir()
        (path / "writer.lock").write_text("1 on elsewhere")
        (path / "segments.json.tmp").write_text("{")
        Store.open(path, RING).close()
        assert not (path / "segments.json.tmp").exists()

    def test_only_its_owner_reads_it(self, path: Path) -> None:
        Store.open(path, RING).close()
        assert path.stat().st_mode & 0o077 == 0


def test_scans_tell_what_was_read(path: Path, observed: Observed) -> None:
    scan = Scan(at_s=5.0, sources=("a.jsonl.gz",), rows_new=20, bytes_read=1000)
    with Store.open(path, RING) as store:
        store.append(observed(20))
        store.add_scan(scan)
        assert Manifest.load(path).segments  # type: ignore[union-attr]
    with StoreReader.open(path, RING) as reader:
        assert reader.scans() == (scan,)
        assert reader.facts.created_at_s == 5.0


def test_networks_that_are_brought_later_count(store: Store) -> None:
    store.append(batch_of([("acct_1", 0, 1)]))
    assert store.run(store.tables.addresses).num_rows == 0
    store.put_networks(pa.Table.from_pylist([{"prefix": "10.0.0.0/8"}], schema=networks.SCHEMA))
    assert store.run(store.tables.addresses).num_rows == 0
