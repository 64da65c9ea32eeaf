"""Observations by account: what a turn reads does not depend on how much the store holds.

    <folder>/runs.json          which runs there are, and up to which segment of the store they reach
             <number>.arrow     rows sorted by account, uncompressed, so that they are mapped and not read
             <number>.npy       where each account's rows begin: hash of its name, first row, number of rows

All of it is derived from the store and can be made again. A turn's rows become a small run; runs of like size
are merged, so a row is written again only a few times, and an account lies in a few places at most.
"""

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from msgspec import Struct
from numpy.typing import NDArray

from excise.observation.schema import SCHEMA
from excise.store import durable

U64 = NDArray[np.uint64]

_LIKE = 4
"""Runs whose sizes lie within this ratio are of one level; so many of one level are merged."""


class Reach(Struct, frozen=True, kw_only=True):
    """What the runs hold: ``runs`` by number; rows of segments below ``segment`` under ``key``."""

    key: str
    segment: int = 0
    runs: tuple[int, ...] = ()
    next_number: int = 1


class Run:
    """One run, mapped into memory."""

    def __init__(self, folder: Path, number: int) -> None:
        self.number = number
        self._index: U64 = np.load(folder / f"{number}.npy", mmap_mode="r")
        mapped = pa.memory_map(str(folder / f"{number}.arrow"))
        self.table = pa.ipc.open_file(mapped).read_all()

    @property
    def rows(self) -> int:
        """How many rows it holds."""
        return int(self.table.num_rows)

    def of(self, names: U64) -> list[pa.Table]:
        """Return the rows of accounts, by the hashes of their names; nothing is copied."""
        at = np.searchsorted(self._index[0], names)
        there = at < self._index.shape[1]
        there[there] = self._index[0][at[there]] == names[there]
        spans = self._index[1:, at[there]].T
        return [self.table.slice(int(first), int(count)) for first, count in spans]


class Runs:
    """All runs of a folder. One process at a time.

    >>> import tempfile
    >>> runs = Runs(Path(tempfile.mkdtemp()), key="9a96c06a")
    >>> row = {"record": bytes(16), "started_at": 0, "account": "acct_1"}
    >>> runs.add(pa.Table.from_pylist([row], schema=SCHEMA), segment=2)
    >>> runs.of(["acct_1", "acct_2"]).num_rows, runs.segment
    (1, 2)
    """

    def __init__(self, folder: Path, *, key: str) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        reach = _reach(folder)
        self._reach = reach if reach is not None and reach.key == key else Reach(key=key)
        self._sweep()
        self._runs = [Run(folder, number) for number in self._reach.runs]

    @property
    def segment(self) -> int:
        """Rows of the store's segments below this number are held."""
        return self._reach.segment

    @property
    def rows(self) -> int:
        """How many rows are held."""
        return sum(run.rows for run in self._runs)

    def of(self, accounts: Iterable[str]) -> pa.Table:
        """Return all rows of accounts."""
        names = np.array([name_hash(account) for account in accounts], dtype=np.uint64)
        parts = [part for run in self._runs for part in run.of(names)] if len(names) else []
        return pa.concat_tables(parts) if parts else SCHEMA.empty_table()

    def add(self, rows: pa.Table, *, segment: int) -> None:
        """Hold more rows, those of the store's segments below a number, and merge runs that became many.

        Rows without an account are left out.
        """
        rows = rows.filter(pc.is_valid(rows["account"]))
        added = list(self._runs)
        next_number = self._reach.next_number
        if rows.num_rows:
            added.append(_write(self._folder, next_number, rows))
            next_number += 1
        while len(tail := _alike(added)) >= _LIKE:
            merged = pa.concat_tables([run.table for run in tail])
            added = [*added[: -len(tail)], _write(self._folder, next_number, merged)]
            next_number += 1
        self._become(added, segment=segment, next_number=next_number)

    def add_missing(self, rows: pa.Table, *, segment: int) -> None:
        """Hold the rows that are not held yet: an earlier process may have been killed while it wrote."""
        held = self.of(set(rows["account"].drop_null().to_pylist()))["record"].combine_chunks()
        self.add(rows.filter(pc.invert(pc.is_in(rows["record"], held))), segment=segment)

    def reach(self, segment: int) -> None:
        """Say that what the store's segments below a number hold is held: they were written again."""
        self._become(self._runs, segment=segment, next_number=self._reach.next_number)

    def forget_before(self, floor_us: int) -> None:
        """Leave out what started before a time (epoch microseconds), by writing everything once."""
        if not self._runs:
            return
        rows = pa.concat_tables([run.table for run in self._runs])
        kept = rows.filter(pc.greater_equal(rows["started_at"].cast(pa.int64()), floor_us))
        number = self._reach.next_number
        runs = [_write(self._folder, number, kept)] if kept.num_rows else []
        self._become(runs, segment=self._reach.segment, next_number=number + 1)

    def _become(self, runs: Sequence[Run], *, segment: int, next_number: int) -> None:
        self._reach = Reach(
            key=self._reach.key,
            segment=segment,
            runs=tuple(run.number for run in runs),
            next_number=next_number,
        )
        durable.replace(self._folder / "runs.json", msgspec.json.encode(self._reach))
        self._runs = list(runs)
        self._sweep()

    def _sweep(self) -> None:
        """Remove the files of runs that were merged, and those that a killed process left."""
        named = {f"{number}.{kind}" for number in self._reach.runs for kind in ("arrow", "npy")}
        for path in self._folder.iterdir():
            if path.name not in named and path.name != "runs.json":
                path.unlink()


def name_hash(account: str) -> int:
    """Return 64 bits that stand for an account's name.

    Two accounts with the same bits would be read together, never judged together: rows say whose they are.
    """
    name = account.encode("utf-8", "surrogateescape")
    return int.from_bytes(hashlib.blake2b(name, digest_size=8).digest(), "little")


def _reach(folder: Path) -> Reach | None:
    try:
        return msgspec.json.decode((folder / "runs.json").read_bytes(), type=Reach)
    except (FileNotFoundError, msgspec.MsgspecError):
        return None


def _alike(runs: Sequence[Run]) -> list[Run]:
    """Return the last runs that are of one level."""
    tail: list[Run] = []
    for run in reversed(runs):
        if tail and run.rows > _LIKE * max(other.rows for other in tail):
            break
        tail.insert(0, run)
    return tail


def _write(folder: Path, number: int, rows: pa.Table) -> Run:
    names = rows["account"].combine_chunks().dictionary_encode()
    hashes = np.array([name_hash(name) for name in names.dictionary.to_pylist()], dtype=np.uint64)
    of_row = hashes[names.indices.to_numpy()]
    order = np.argsort(of_row, kind="stable")
    sorted_ = of_row[order]
    first = np.flatnonzero(np.r_[True, sorted_[1:] != sorted_[:-1]])
    count = np.diff(np.r_[first, len(sorted_)])
    spans = [part.astype(np.uint64) for part in (sorted_[first], first, count)]
    np.save(folder / f"{number}.npy", np.stack(spans))
    with (
        pa.OSFile(str(folder / f"{number}.arrow"), "wb") as sink,
        pa.ipc.new_file(sink, SCHEMA) as out,
    ):
        out.write_table(rows.take(pa.array(order)).combine_chunks())
    return Run(folder, number)
