"""The store: observations are kept, asked and forgotten.

    <store>/segments.json                                  the manifest: which segments there are
            observations/key=<key id>/day=<UTC day>/*.parquet
            tables/accounts.parquet networks.parquet releases.parquet
            notes/                                         what a stage wants to find again at its next run
            scans.jsonl                                    what was read, and when
            writer.lock, spill/

A process may be killed at any moment. What ``flush`` had returned from is kept; of the rest nothing is, and the same
appends again give the same rows.
"""

from pathlib import Path


import numpy as np
import pyarrow as pa

from excise.errors import StoreDamaged
from excise.observation.schema import SCHEMA
from excise.observation.secret import Key, Keyring
from excise.store import durable, segments
from excise.store.engines import Settings
from excise.store.lock import WriterLock
from excise.store.manifest import Manifest, Segment
from excise.store.reading import StoreReader, refuse_wrong_secret
from excise.store.seen import Partition, Seen

_DAY_US = 86_400_000_000


class Store(StoreReader):
    """A store opened to write to it, and to ask it. One process at a time.

    >>> import tempfile
    >>> ring = Keyring.in_memory(bytes(32))
    >>> batch = pa.RecordBatch.from_pylist([{"record": bytes(16), "started_at": 0, "account": "acct_1"}], schema=SCHEMA)
    >>> with Store.open(Path(tempfile.mkdtemp()) / "store", ring) as store:
    ...     store.append(batch), store.append(batch)
    ...     store.run(store.observations().select("account")).to_pylist()
    (1, 0)
    [{'account': 'acct_1'}]
    """

    def __init__(self, path: Path, keyring: Keyring, settings: Settings, engine: str) -> None:
        super().__init__(path, keyring, settings, engine)
        path.mkdir(parents=True, exist_ok=True)
        self._lock = WriterLock(path)
        try:
            manifest = Manifest.load(path)
            if manifest is None:
                manifest = Manifest(keyring=keyring.id).save(path)
            refuse_wrong_secret(path, manifest, keyring)
            self._kept = manifest
            self._sweep_unnamed()
        except BaseException:
            self._lock.release()
            raise
        self._seen = Seen(self._records)
        self._pending: dict[str, list[pa.RecordBatch]] = {}
        self._pending_rows = 0
        self.rows_per_segment = 65_536

    def append(self, batch: pa.RecordBatch, *, key: Key | None = None) -> int:
        """Take in observations and return how many of them are new; the others are in the store already.

        They are written when enough have come, by ``flush`` or by ``close``.

        Args:
            batch: rows of ``excise.observation.schema.SCHEMA``; ``record`` and ``started_at`` are never null.
            key: the key they were observed under, one of ``Keyring.writing``; the reading key if not said.
        """
        if not batch.schema.equals(SCHEMA):
            raise ValueError("the batch is not of the observation schema")
        if batch.column("record").null_count or batch.column("started_at").null_count:
            raise ValueError("an observation has a record and a time")
        key = self._keyring.reading if key is None else key
        days = batch.column("started_at").cast(pa.int64()).to_numpy() // _DAY_US
        fresh = np.zeros(len(days), dtype=np.bool_)
        for day in np.unique(days):
            of_day = np.flatnonzero(days == day)
            records = batch.column("record").take(pa.array(of_day))
            fresh[of_day] = self._seen.admit(Partition(key.id, _named(day)), records)
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
        number = self._kept.next_number
        for key, batches in sorted(self._pending.items()):
            rows = pa.Table.from_batches(batches).combine_chunks()
            days = rows.column("started_at").cast(pa.int64()).to_numpy() // _DAY_US
            for day in np.unique(days):
                of_day = rows.filter(pa.array(days == day))
                added.append(segments.write(self._folder, of_day, key=key, day=_named(day), number=number))
                number += 1
        self._commit(added, removed=frozenset(), next_number=number)
        self._pending.clear()
        self._pending_rows = 0

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

    def _commit(self, added: list[Segment], removed: frozenset[Segment], *, next_number: int) -> None:
        """Make new segments part of the store in place of others, in one step."""
        for folder in sorted({(self._folder / segment.file).parent for segment in added}):
            durable.sync(folder)
            durable.sync(folder.parent)
        durable.sync(self._folder)
        kept = tuple(segment for segment in self._kept.segments if segment not in removed)
        manifest = Manifest(
            keyring=self._kept.keyring,
            generation=self._kept.generation,
            next_number=next_number,
            segments=(*kept, *added),
            floor_at_us=self._kept.floor_at_us,
            forgotten=self._kept.forgotten,
        )
        self._kept = manifest.save(self.path)
        for segment in removed:
            (self._folder / segment.file).unlink(missing_ok=True)

    def _records(self, partition: Partition) -> list[pa.Array]:
        found: list[pa.Array] = []
        for segment in self._kept.segments:
            if (segment.key, segment.day) == partition:
                found += segments.read(self._folder, segment, ["record"]).column("record").chunks
        for batch in self._pending.get(partition.key, []):
            found.append(batch.column("record"))
        return found

    def _sweep_unnamed(self) -> None:
        """Remove the files that a killed process left, and make sure that no file of the store is missing."""
        named = {self._folder / segment.file: segment for segment in self._kept.segments}
        there = set(self._folder.glob("key=*/day=*/*")) if self._folder.exists() else set()
        for path in there - named.keys():
            path.unlink()
        for path, segment in named.items():
            if path not in there or path.stat().st_size != segment.size_bytes:
                segments.check(self._folder, segment)
                raise StoreDamaged(f"{path}: it is not what was written")


def _named(day: int) -> str:
    return str(np.datetime64(int(day), "D"))


