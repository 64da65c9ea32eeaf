"""The reader: the loop takes groups, puts their rows into the store, and says that they are done."""

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
from msgspec import Struct

from excise.service.journal.done import Done, done_of, keep
from excise.service.journal.framing import payload
from excise.service.journal.group import ROWS_DECODER, Rows
from excise.service.journal.segment import file_of, numbers, places, writers


class Batch(Struct, frozen=True):
    """Rows that were observed under one key, by the key's id."""

    key: str
    rows: pa.RecordBatch


class Damage(Struct, frozen=True):
    """Where a segment is not what was written, and how many bytes of it cannot be read for that."""

    file: str
    offset: int
    size_bytes: int


class Taken(Struct, frozen=True, kw_only=True):
    """What was taken: pass ``position`` to ``done`` once the store has the rows.

    Attributes:
        batches: the rows, in the order in which they were acknowledged.
        position: up to where this goes, by the writer's folder.
        records: how many were acknowledged in it.
        oldest_at_s: when the first of them was, epoch seconds; None where there is none.
        damaged: what could not be read. It is passed over: the rest is not to wait for it.
    """

    batches: tuple[Batch, ...]
    position: Mapping[str, Done]
    records: int
    oldest_at_s: float | None
    damaged: tuple[Damage, ...]


class Waiting(Struct, frozen=True):
    """What is not yet done: how many bytes, about, and since when the first waits (epoch seconds)."""

    size_bytes: int
    oldest_at_s: float | None


class Journal:
    """Reads what the writers of a journal acknowledged.

    ``take`` goes on where the last ``take`` of this object ended; a new object goes on behind the last
    ``done``. So a reader that was killed takes again what was not done, and the store keeps a record once.

    Args:
        journal: the journal's folder.
    """

    def __init__(self, journal: Path) -> None:
        self._journal = journal
        self._at: dict[str, Done] = {}

    def take(self, *, most_records: int = 50_000) -> Taken:
        """Return what was acknowledged since, as far as a number of records reaches; perhaps nothing."""
        batches: list[Batch] = []
        damaged: list[Damage] = []
        records, oldest_s = 0, None
        position: dict[str, Done] = {}
        for folder in writers(self._journal):
            at = self._at.get(folder.name) or done_of(folder)
            there = [number for number in numbers(folder) if number >= at.segment]
            for number in there:
                if records >= most_records:
                    break
                at = at if number == at.segment else Done(number, 0)
                found, at = _taken(file_of(folder, number), at, most_records - records, damaged)
                for rows in found:
                    records += rows.count
                    oldest_s = rows.at_s if oldest_s is None else min(oldest_s, rows.at_s)
                    batches += [Batch(batch.key, batch.rows()) for batch in rows.batches]
                if records < most_records and number != there[-1]:
                    at = Done(number + 1, 0)
            self._at[folder.name] = position[folder.name] = at
        return Taken(
            batches=tuple(batches),
            position=position,
            records=records,
            oldest_at_s=oldest_s,
            damaged=tuple(damaged),
        )

    def done(self, position: Mapping[str, Done]) -> None:
        """Say that the store has all rows up to a position."""
        for name, done in position.items():
            folder = self._journal / name
            if done_of(folder) < done:
                keep(folder, done)

    def waiting(self) -> Waiting:
        """Return what is not yet done. It reads little."""
        size, oldest_s = 0, None
        for folder in writers(self._journal):
            done = done_of(folder)
            for number in (number for number in numbers(folder) if number >= done.segment):
                skip = done.groups if number == done.segment else 0
                try:
                    waits, at_s = _waiting_in(file_of(folder, number), skip)
                except FileNotFoundError:
                    continue
                size += waits
                if at_s is not None and (oldest_s is None or at_s < oldest_s):
                    oldest_s = at_s
        return Waiting(size, oldest_s)


def _taken(path: Path, at: Done, most: int, damaged: list[Damage]) -> tuple[list[Rows], Done]:
    """Take groups from one segment; return them, and where to go on.

    Places are counted in groups, not in bytes: a segment that was cleaned is another file.
    """
    found: list[Rows] = []
    records = 0
    with path.open("rb") as file:
        for place in places(file):
            if place.number < at.groups:
                continue
            data = payload(file, place.rows)
            at = Done(at.segment, place.number + 1)
            if data is None:
                damaged.append(Damage(str(path), place.rows.begin, place.rows.length))
                continue
            rows = ROWS_DECODER.decode(data)
            found.append(rows)
            records += rows.count
            if records >= most:
                break
    return found, at


def _waiting_in(path: Path, skip: int) -> tuple[int, float | None]:
    """Return the bytes of a segment's groups behind some, and when the first of these was acknowledged."""
    size, at_s = 0, None
    with path.open("rb") as file:
        for place in places(file):
            if place.number < skip:
                continue
            size += place.rows.length
            if at_s is None:
                data = payload(file, place.rows)
                at_s = None if data is None else ROWS_DECODER.decode(data).at_s
    return size, at_s
