"""Back-ups of the state: one file, of one moment, made while everything goes on.

It holds every table as lines of JSON, compressed, and a sum over all of it; it is the same whatever engine
the state is kept in, so a back-up of SQLite restores into PostgreSQL and the other way around. It is made in
one reading transaction, which sees one moment and holds nobody up.
"""

import gzip
import hashlib
import os
import zlib
from collections.abc import Iterator
from pathlib import Path

import msgspec
import sqlalchemy as sa
from msgspec import Struct

from excise.casework.refusals import BackupDamaged, NotAsThingsStand
from excise.casework.state import State
from excise.casework.state.database import Reading, Writing
from excise.casework.state.tables import LEDGER, METADATA

_AT_ONCE = 5_000
_MAGIC = "excise-backup"


class Head(Struct, frozen=True, kw_only=True):
    """The first line: what this is, of which revision of the tables, and made when (epoch seconds)."""

    kind: str
    revision: str
    made_at_s: float


class Rows(Struct, frozen=True, array_like=True):
    """A line of rows: their table, the names of its columns, and the values."""

    table: str
    columns: list[str]
    rows: list[list[object]]


class Tail(Struct, frozen=True, kw_only=True):
    """The last line: how many rows, and the SHA-256 sum of every line before."""

    rows: int
    sha256: str


def backup(state: State, path: Path, *, now_s: float) -> int:
    """Write a back-up; return how many rows it has. It is there whole or not at all.

    Raises:
        StateUnreachable: the database does not answer.
    """
    unfinished = path.with_name(path.name + ".tmp")
    digest, count = hashlib.sha256(), 0
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as raw:
            with gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, compresslevel=5) as out:
                head = Head(kind=_MAGIC, revision=state.revision(), made_at_s=now_s)
                for record in _records(head, state):
                    line = msgspec.json.encode(record)
                    digest.update(line)
                    out.write(line + b"\n")
                    count += len(record.rows) if isinstance(record, Rows) else 0
                out.write(msgspec.json.encode(Tail(rows=count, sha256=digest.hexdigest())) + b"\n")
            raw.flush()
            os.fsync(raw.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return count


def restore(state: State, path: Path, *, by: str, now_s: float) -> int:
    """Fill an empty state from a back-up, all or nothing; return how many rows it has.

    The copy of the ledger outside begins anew with what is restored; one that is there is kept beside it.

    Raises:
        BackupDamaged: it is not what was written, or of another revision.
        NotAsThingsStand: the state is not empty.
    """
    head, count = check(path)
    if head.revision != state.revision():
        raise BackupDamaged(
            f"{path}: it is of revision {head.revision} of the tables, this program has {state.revision()}; "
            "restore it with the version of Excise that made it"
        )
    with state.database.writing(by=by, now_s=now_s) as writing:
        of = LEDGER.c
        entries = writing.rows(sa.select(of.verb).limit(2))
        if [row["verb"] for row in entries] != ["migrated"]:
            raise NotAsThingsStand(
                f"{state.database.place}: there is a state in it already; restore into a new one"
            )
        for table in METADATA.sorted_tables:
            writing.run(sa.delete(table))
        for rows in _rows(path):
            _insert(writing, rows)
        writing.forget_head()
        text = f"restored from {path.name}, made at {head.made_at_s:.0f}: {count:,} rows"
        outside = state.database.outside
        kept = None if outside is None else outside.set_aside(now_s=now_s)
        writing.note(
            "restored", text if kept is None else f"{text}; the copy of the ledger before is {kept.name}"
        )
    return count


def check(path: Path) -> tuple[Head, int]:
    """Read a back-up whole; return its head, and how many rows it has.

    Raises:
        BackupDamaged: it is not what was written.
    """
    digest, count, head, tail = hashlib.sha256(), 0, None, None
    try:
        with gzip.open(path, "rb") as lines:
            for line in lines:
                if tail is not None:
                    raise BackupDamaged(f"{path}: something was added after its end")
                body = line.rstrip(b"\n")
                if head is None:
                    head = msgspec.json.decode(body, type=Head)
                    if head.kind != _MAGIC:
                        raise BackupDamaged(f"{path}: this is no back-up of Excise")
                elif body.startswith(b"{"):
                    tail = msgspec.json.decode(body, type=Tail)
                    continue
                else:
                    count += len(msgspec.json.decode(body, type=Rows).rows)
                digest.update(body)
    except FileNotFoundError:
        raise BackupDamaged(f"{path}: there is no such file; name a back-up") from None
    except (OSError, EOFError, zlib.error, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BackupDamaged(f"{path}: it cannot be read to its end ({error}); take another") from None
    if head is None or tail is None:
        raise BackupDamaged(f"{path}: it was cut off; take another back-up")
    if (tail.rows, tail.sha256) != (count, digest.hexdigest()):
        raise BackupDamaged(f"{path}: it is not what was written; take another back-up")
    return head, count


def _records(head: Head, state: State) -> Iterator[Head | Rows]:
    yield head
    with state.database.reading() as reading:
        for table in METADATA.sorted_tables:
            yield from _table(reading, table)


def _table(reading: Reading, table: sa.Table) -> Iterator[Rows]:
    keys = list(table.primary_key)
    columns = [str(column.name) for column in table.columns]
    after: tuple[object, ...] | None = None
    while True:
        statement = sa.select(table).order_by(*keys).limit(_AT_ONCE)
        if after is not None:
            statement = statement.where(sa.tuple_(*keys) > sa.tuple_(*map(sa.literal, after)))
        rows = reading.rows(statement)
        if not rows:
            return
        yield Rows(str(table.name), columns, [[row[name] for name in columns] for row in rows])
        after = tuple(rows[-1][key.name] for key in keys)


def _rows(path: Path) -> Iterator[Rows]:
    with gzip.open(path, "rb") as lines:
        for line in lines:
            if line.startswith(b"["):
                yield msgspec.json.decode(line, type=Rows)


def _insert(writing: Writing, rows: Rows) -> None:
    table = METADATA.tables[rows.table]
    writing.run(sa.insert(table), [dict(zip(rows.columns, row, strict=True)) for row in rows.rows])
