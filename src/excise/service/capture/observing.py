"""Records become rows and sealed words, and each has its fate. Past this file there are no words in clear."""

from collections.abc import Callable, Sequence
from enum import IntEnum

import numpy as np
import pyarrow as pa
from msgspec import Struct

from excise.errors import Unreadable
from excise.ingest.decoding import format_of
from excise.ingest.exchange import Exchange
from excise.ingest.times import DAY_S
from excise.observation.observe import Observer
from excise.observation.secret import Key
from excise.service.capture.recent import Recent
from excise.service.journal.group import Batch, Said
from excise.store.retention import Retention

_AT_ONCE = 2_000
"""So many exchanges are held in memory before they become rows."""


class Fate(IntEnum):
    """What became of a record; of several things that are true of it, the first."""

    ACCEPTED = 0
    DUPLICATE = 1
    REJECTED = 2
    SKIPPED = 3


class Stream(Struct, frozen=True):
    """What a record belongs to: its format, what its id is unique within, and which field is the account."""

    format_name: str
    source: str
    account_field: str


class Told(Struct):
    """What became of one record. It is not said before the group has reached the disk."""

    fate: Fate = Fate.SKIPPED
    reason: str = ""
    without_account: int = 0


class Seen(Struct, frozen=True, kw_only=True):
    """What a number of records became: rows under each key, what is to be sealed, and the new records.

    ``wordless`` are those of the new that were logged without their words.
    """

    batches: tuple[Batch, ...]
    said: tuple[Said, ...]
    fresh: tuple[bytes, ...]
    wordless: frozenset[bytes] = frozenset()


class Observing:
    """Observes records under the living keys.

    Args:
        observers: how to observe, under each living key.
        recent: the records that arrived of late.
        retention: what the journal may not keep.
        latest_s: the present, in epoch seconds; what starts more than a day later is rejected.
    """

    def __init__(
        self, observers: "Observers", *, recent: Recent, retention: Retention, latest_s: float
    ) -> None:
        self._observers = observers
        self._recent = recent
        self._retention = retention
        self._latest_s = latest_s
        self._waiting: dict[Stream, list[tuple[Exchange, Told, bytes]]] = {}
        self._held = 0
        self._batches: list[Batch] = []
        self._said: list[Said] = []
        self._fresh: dict[bytes, None] = {}
        self._wordless: set[bytes] = set()

    def add(self, stream: Stream, line: bytes) -> Told:
        """Decode one record; what becomes of it is known when ``finish`` has been called."""
        told = Told()
        waiting = self._waiting.setdefault(stream, [])
        try:
            for exchange in format_of(stream.format_name).exchanges(line):
                ahead_s = exchange.started_at_s - self._latest_s
                if ahead_s > DAY_S:
                    told.fate = Fate.REJECTED
                    told.reason = f"the record starts {ahead_s / DAY_S:.1f} days after the present"
                    continue
                waiting.append((exchange, told, line))
                self._held += 1
        except (Unreadable, RecursionError) as error:
            told.fate = Fate.REJECTED
            told.reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        if self._held >= _AT_ONCE:
            self._flush()
        return told

    def finish(self) -> Seen:
        """Observe what waits, and return what all became."""
        self._flush()
        return Seen(
            batches=tuple(self._batches),
            said=tuple(self._said),
            fresh=tuple(self._fresh),
            wordless=frozenset(self._wordless),
        )

    def _flush(self) -> None:
        for stream, waiting in self._waiting.items():
            if waiting:
                self._observe(stream, waiting)
        self._waiting.clear()
        self._held = 0

    def _observe(self, stream: Stream, waiting: Sequence[tuple[Exchange, Told, bytes]]) -> None:
        exchanges = [exchange for exchange, _, _ in waiting]
        kept: list[int] | None = None
        for key, observe in self._observers.of(stream):
            rows = observe(exchanges)
            if kept is None:  # under the reading key: the records of the other keys are other hashes
                kept = self._sorted(stream, waiting, rows)
            if kept:
                chosen = rows if len(kept) == len(waiting) else rows.take(pa.array(kept, pa.int64()))
                self._batches.append(Batch.of(key.id, chosen))

    def _sorted(
        self, stream: Stream, waiting: Sequence[tuple[Exchange, Told, bytes]], rows: pa.RecordBatch
    ) -> list[int]:
        """Say of each exchange what becomes of it, and return which are new."""
        kept: list[int] = []
        records: list[bytes] = rows.column("record").to_pylist()
        accounts: list[str | None] = rows.column("account").to_pylist()
        gone = self._retention.of_forgotten(rows)
        any_gone = bool(np.any(gone))
        for at, (record, account) in enumerate(zip(records, accounts, strict=True)):
            exchange, told, line = waiting[at]
            if any_gone and gone[at]:
                if told.fate is Fate.SKIPPED:
                    told.fate, told.reason = Fate.REJECTED, "the account was forgotten after this exchange"
                continue
            if record in self._fresh or record in self._recent:
                if told.fate is Fate.SKIPPED:
                    told.fate = Fate.DUPLICATE
                continue
            if told.fate is not Fate.REJECTED:  # of a line that batches records, the good ones are kept
                told.fate = Fate.ACCEPTED
            told.without_account += account is None
            self._fresh[record] = None
            if exchange.redacted:
                self._wordless.add(record)
            self._said.append(Said(record, account, stream.source, line))
            kept.append(at)
        return kept


class Observers:
    """The observers of each stream, kept from one group to the next: they remember words.

    Args:
        keys: the living keys, the reading one first.
    """

    def __init__(self, keys: Sequence[Key]) -> None:
        self._keys = tuple(keys)
        self._kept: dict[
            tuple[str, str], list[tuple[Key, Callable[[Sequence[Exchange]], pa.RecordBatch]]]
        ] = {}

    def of(self, stream: Stream) -> list[tuple[Key, Callable[[Sequence[Exchange]], pa.RecordBatch]]]:
        """Return how to observe a stream, under each key."""
        name = (stream.source, stream.account_field)
        found = self._kept.get(name)
        if found is None:
            if len(self._kept) >= _MOST_STREAMS:
                self._kept.clear()
            found = self._kept[name] = [
                (key, Observer(key.secret, stream.source, stream.account_field).observe) for key in self._keys
            ]
        return found

    def records(self, stream: Stream, ids: Sequence[str]) -> list[bytes]:
        """Return the records that exchanges with these ids have, under the reading key."""
        _, observe = self.of(stream)[0]
        rows = observe([Exchange(record_id=one, started_at_s=0.0) for one in ids])
        found: list[bytes] = rows.column("record").to_pylist()
        return found


_MOST_STREAMS = 32
