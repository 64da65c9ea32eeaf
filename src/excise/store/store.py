"""The store: observations are kept, asked and forgotten.

    <store>/segments.json       the manifest: which segments there are
            observations/       key=<key id>/day=<UTC day>/<number>.parquet, one segment each
            tables/             accounts.parquet, networks.parquet, releases.parquet
            notes/              what a stage wants to find again at its next run
            scans.jsonl         what was read, and when
            derived/            what the loop made of the observations, and can make again
            writer.lock, spill/

A process may be killed at any moment. What ``flush`` had returned from is kept; of the rest nothing is, and
the same appends again give the same rows.
"""

import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from excise.errors import BadSetting, StoreDamaged
from excise.observation.schema import SCHEMA
from excise.observation.secret import Key, Keyring
from excise.store import compaction, directory, durable, networks, releases, segments
from excise.store.engines import Settings
from excise.store.lock import WriterLock
from excise.store.manifest import Manifest, Segment, manifest_file
from excise.store.notes import Scan
from excise.store.reading import StoreReader, refuse_wrong_secret
from excise.store.retention import Forgotten, Retention, started_us
from excise.store.seen import Partition, Seen

_DAY_US = 86_400_000_000
_ROWS_PER_SEGMENT = 65_536
DERIVED = "derived"
"""The folder of what is made of the observations by account and can be made again; forgetting removes it."""


class Store(StoreReader):
    """A store opened to write to it, and to ask it. One process at a time.

    >>> import tempfile
    >>> ring = Keyring.in_memory(bytes(32))
    >>> rows = [{"record": bytes(16), "started_at": 0, "account": "acct_1"}]
    >>> batch = pa.RecordBatch.from_pylist(rows, schema=SCHEMA)
    >>> with Store.open(Path(tempfile.mkdtemp()) / "store", ring) as store:
    ...     store.append(batch), store.append(batch)
    ...     store.run(store.observations().select("account")).to_pylist()
    (1, 0)
    [{'account': 'acct_1'}]
    """

    def __init__(self, path: Path, keyring: Keyring, settings: Settings, engine: str) -> None:
        super().__init__(path, keyring, settings, engine)
        try:
            path.mkdir(
                mode=0o700, parents=True, exist_ok=True
            )  # accounts and addresses are in it as they are
            self._lock = WriterLock(path)
        except OSError as error:
            reason = error.strerror or str(error)
            raise BadSetting(
                f"{path}: no store can be here: {reason}; name another folder with --store"
            ) from None
        try:
            manifest = Manifest.load(path) or _made(path, keyring)
            refuse_wrong_secret(path, manifest, keyring)
            self._kept = manifest
            self._sweep_unnamed()
        except BaseException:
            self._lock.release()
            raise
        self._retention = Retention(
            keyring.derive("forgotten accounts"),
            floor_at_us=manifest.floor_at_us,
            forgotten=manifest.forgotten,
        )
        self._seen = Seen(self._records)
        self._pending: dict[str, list[pa.RecordBatch]] = {}
        self._pending_rows = 0
        self.rows_per_segment = _ROWS_PER_SEGMENT

    def append(self, batch: pa.RecordBatch, *, key: Key | None = None) -> int:
        """Take in observations and return how many of them are new: not in the store yet, and not forgotten.

        They are written when ``rows_per_segment`` have come, by ``flush`` and by ``close``.

        Args:
            batch: rows of ``excise.observation.schema.SCHEMA``; ``record`` and ``started_at`` are never null.
            key: the key that they were observed under, one of ``Keyring.writing``; the reading key if not
                said.
        """
        key = self._keyring.reading if key is None else key
        if not batch.schema.equals(SCHEMA):
            raise ValueError("the batch is not of the observation schema")
        if batch.column("record").null_count or batch.column("started_at").null_count:
            raise ValueError("an observation has a record and a time")
        if key.id not in {living.id for living in self._keyring.writing}:
            raise ValueError(f"nothing is observed under key {key.id} any more")
        refused = self._retention.too_old(batch) | self._retention.of_forgotten(batch)
        days = started_us(batch) // _DAY_US
        fresh = np.zeros(len(days), dtype=np.bool_)
        for day in np.unique(days[~refused]):
            of_day = np.flatnonzero((days == day) & ~refused)
            records = batch.column("record").take(pa.array(of_day))
            fresh[of_day] = self._seen.admit(Partition(key.id, _name_of(day)), records)
        count = int(fresh.sum())
        if count:
            self._pending.setdefault(key.id, []).append(batch.filter(pa.array(fresh)))
            self._pending_rows += count
            if self._pending_rows >= self.rows_per_segment:
                self.flush()
        return count

    def flush(self) -> None:
        """Write what has been appended. When this returns it is on disk and part of the store."""
        if not self._pending_rows:
            return
        added: list[Segment] = []
        for key, batches in sorted(self._pending.items()):
            rows = pa.Table.from_batches(batches).combine_chunks()
            days = started_us(rows) // _DAY_US
            for day in np.unique(days):
                number = self._kept.next_number + len(added)
                of_day = rows.filter(pa.array(days == day))
                added.append(segments.write(self._folder, of_day, key=key, day=_name_of(day), number=number))
        self._commit(added, removed=[])
        self._pending.clear()
        self._pending_rows = 0

    def added(self, since: int) -> Iterator[tuple[int, pa.Table]]:
        """Yield the segments of the reading key from a number on: the number, and the rows.

        Compaction and forgetting write rows again, in segments of new numbers.
        """
        self.flush()
        for segment in sorted(self._kept.segments, key=lambda one: one.number):
            if segment.number >= since and segment.key == self._keyring.reading.id:
                yield segment.number, segments.read(self._folder, segment)

    def compact(self) -> int:
        """Merge the small segments of each day and return by how many segments the store has fewer.

        Nobody sees a row twice, or misses one, at any moment of it.
        """
        self.flush()
        before = len(self._kept.segments)
        for group in compaction.groups(self._kept.segments, rows=segments.ROWS_PER_GROUP):
            rows = pa.concat_tables(segments.read(self._folder, segment) for segment in group)
            self._commit([self._rewritten(group[0], rows)], removed=group)
        return before - len(self._kept.segments)

    def forget(
        self, *, now_s: float, before_s: float | None = None, accounts: Iterable[str] = ()
    ) -> Forgotten:
        """Remove observations of every key, and see to it that the old log does not bring them back.

        Args:
            now_s: epoch seconds. What the accounts sent before it stays out; what they send later comes in.
            before_s: epoch seconds. What started before it is removed and stays out.
            accounts: whose observations are removed, with their rows of the directory and the notes that
                name them.

        Returns:
            How much of each kind was removed.
        """
        self.flush()
        names = frozenset(accounts)
        retention = self._retention.with_accounts(names, at_us=round(now_s * 1e6))
        if before_s is not None:
            retention = retention.with_floor(round(before_s * 1e6))
        # These go first: should the process be killed before the manifest is, the command is repeated.
        shutil.rmtree(self.path / DERIVED, ignore_errors=True)
        from_notes = self.notes.forget(names)
        from_directory = self._forget_in_directory(names)
        too_old = of_accounts = 0
        added: list[Segment] = []
        removed: list[Segment] = []
        for segment in self._kept.segments:
            floor_us, starts_us = retention.floor_at_us, _starts_us(segment.day)
            if floor_us is not None and starts_us + _DAY_US <= floor_us:
                too_old += segment.rows
                removed.append(segment)
                continue
            if not names and (floor_us is None or floor_us <= starts_us):
                continue
            rows = segments.read(self._folder, segment, ["account", "started_at"])
            old = retention.too_old(rows)
            gone = retention.of_forgotten(rows) & ~old
            if not (old | gone).any():
                continue
            too_old += int(old.sum())
            of_accounts += int(gone.sum())
            removed.append(segment)
            if not (old | gone).all():
                left = segments.read(self._folder, segment).filter(pa.array(~(old | gone)))
                number = self._kept.next_number + len(added)
                added.append(
                    segments.write(self._folder, left, key=segment.key, day=segment.day, number=number)
                )
        self._commit(added, removed=removed, retention=retention)
        self._seen.clear()
        return Forgotten(too_old=too_old, of_accounts=of_accounts, directory=from_directory, notes=from_notes)

    def sweep(self, *, now_s: float) -> int:
        """Remove the rows of keys that have retired and return how many these were."""
        self.flush()
        living = {key.id for key in self._keyring.keys if key.lives_at(now_s)}
        past = self._keyring.retired | {key.id for key in self._keyring.keys} - living
        removed = [segment for segment in self._kept.segments if segment.key in past]
        if removed:
            self._commit([], removed=removed)
            self._seen.clear()
        return sum(segment.rows for segment in removed)

    def put_accounts(self, table: pa.Table) -> int:
        """Keep an account directory in place of the one before, and return how many accounts it has.

        A forgotten account is left out unless the store has traffic of it again, so bring the directory after
        the log.

        Args:
            table: rows of ``excise.store.directory.SCHEMA``.
        """
        names = table.column("account").to_pylist()
        again = self._back_again([name for name in names if self._retention.knows(name)])
        kept = pa.array([name in again or not self._retention.knows(name) for name in names], pa.bool_())
        table = table.cast(directory.SCHEMA).filter(kept)
        self._put("accounts", table)
        return int(table.num_rows)

    def put_networks(self, table: pa.Table) -> None:
        """Keep a list of networks, rows of ``excise.store.networks.SCHEMA``, in place of the one before."""
        self._put("networks", table.cast(networks.SCHEMA))

    def put_releases(self, table: pa.Table) -> None:
        """Keep a list of releases, rows of ``excise.store.releases.SCHEMA``, in place of the one before."""
        self._put("releases", table.cast(releases.SCHEMA))

    def add_scan(self, scan: Scan) -> None:
        """Remember that logs were read into the store, once their rows are on disk."""
        self.flush()
        self.notes.add_scan(scan)

    @property
    def segments(self) -> int:
        """How many segments there are."""
        return len(self._kept.segments)

    @property
    def next_segment(self) -> int:
        """The number that the next segment will have."""
        return self._kept.next_number

    def close(self) -> None:
        """Write what has been appended, and let others write."""
        try:
            self.flush()
        finally:
            super().close()
            self._lock.release()

    def _manifest(self) -> Manifest:
        self.flush()
        return self._kept

    def _commit(
        self, added: Sequence[Segment], *, removed: Sequence[Segment], retention: Retention | None = None
    ) -> None:
        """Make new segments part of the store in place of others, in one step."""
        folders = {(self._folder / segment.file).parent for segment in added}
        for folder in sorted(folders | {folder.parent for folder in folders}):
            durable.sync(folder)
        if added:
            durable.sync(self._folder)
            durable.sync(self.path)
        gone = frozenset(removed)
        retention = retention or self._retention
        self._kept = msgspec.structs.replace(
            self._kept,
            next_number=self._kept.next_number + len(added),
            segments=(*(segment for segment in self._kept.segments if segment not in gone), *added),
            floor_at_us=retention.floor_at_us,
            forgotten=retention.forgotten,
        ).save(self.path)
        self._retention = retention
        for segment in removed:
            (self._folder / segment.file).unlink(missing_ok=True)

    def _rewritten(self, like: Segment, rows: pa.Table) -> Segment:
        number = self._kept.next_number
        return segments.write(self._folder, rows, key=like.key, day=like.day, number=number)

    def _records(self, partition: Partition) -> list[pa.Array]:
        """Return the records of a day that are kept, or wait to be written."""
        found: list[pa.Array] = []
        for segment in self._kept.segments:
            if Partition(segment.key, segment.day) == partition:
                found += segments.read(self._folder, segment, ["record"]).column("record").chunks
        for batch in self._pending.get(partition.key, []):
            found.append(batch.column("record"))
        return found

    def _back_again(self, forgotten: list[str]) -> frozenset[str]:
        """Return which of the accounts have rows in the store."""
        if not forgotten:
            return frozenset()
        seen = (
            self.tables.observations.filter(lambda t: t.account.isin(forgotten)).select("account").distinct()
        )
        return frozenset(self.run(seen).column("account").to_pylist())

    def _forget_in_directory(self, accounts: frozenset[str]) -> int:
        there = self._snapshot("accounts")
        if not accounts or not there.exists():
            return 0
        table = pq.ParquetFile(there).read()
        left = table.filter(
            pc.invert(pc.is_in(table.column("account"), pa.array(sorted(accounts), pa.string())))
        )
        self._put("accounts", left)
        return int(table.num_rows - left.num_rows)

    def _put(self, name: str, table: pa.Table) -> None:
        sink = pa.BufferOutputStream()
        pq.write_table(table, sink, compression="zstd", store_schema=False)
        durable.replace(self._snapshot(name), sink.getvalue().to_pybytes())

    def _sweep_unnamed(self) -> None:
        """Remove the files that killed processes left, and make sure that no file of the store is missing."""
        named = {self._folder / segment.file: segment for segment in self._kept.segments}
        there = set(self._folder.glob("key=*/day=*/*"))
        for path in there - named.keys():
            path.unlink()
        for path, segment in named.items():
            if path not in there or path.stat().st_size != segment.size_bytes:
                segments.check(self._folder, segment)
                raise StoreDamaged(f"{path}: it is not what was written; restore it from a back-up")
        for folder in (self.path, self.path / "tables", self.path / "notes"):
            for path in folder.glob(f"*{durable.UNFINISHED}"):
                path.unlink()
        for spilled in (self.path / "spill").glob("*"):
            if spilled.name.isdecimal() and not _runs(int(spilled.name)):
                shutil.rmtree(spilled)


def _made(path: Path, keyring: Keyring) -> Manifest:
    """Make a store of an empty folder.

    Raises:
        StoreDamaged: it was a store, and lost its manifest.
        BadSetting: it is some other folder.
    """
    there = {entry.name for entry in path.iterdir()} - {
        "writer.lock",
        manifest_file(path).name + durable.UNFINISHED,
    }
    if "observations" in there:
        raise StoreDamaged(
            f"{manifest_file(path)}: it is missing; restore it from a back-up, or name another store"
        )
    if there:
        raise BadSetting(f"{path}: this folder is no store, and not empty; name another with --store")
    return Manifest(keyring=keyring.id).save(path)


def _runs(process: int) -> bool:
    """Say whether there is a process of this number."""
    try:
        os.kill(process, 0)
    except (OverflowError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True


def _starts_us(day: str) -> int:
    return int(np.datetime64(day, "D").astype(np.int64)) * _DAY_US


def _name_of(day: int) -> str:
    return str(np.datetime64(int(day), "D"))
