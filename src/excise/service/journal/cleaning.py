"""Closed segments are cleaned: words whose time is over leave, and what forgotten accounts sent.

Rows stay until the store has them, however old they are: only the reader's ``done`` lets them go. A group
keeps its number when it is rewritten, so a reader's place stays right.
"""

from pathlib import Path

import numpy as np
import pyarrow as pa

from excise.service.journal.done import done_of
from excise.service.journal.forgotten import Forgotten
from excise.service.journal.framing import payload
from excise.service.journal.group import ROWS_DECODER, WORDS_DECODER, Batch, Rows, Words, packed
from excise.service.journal.segment import HEAD, file_of, places
from excise.store import durable
from excise.store.retention import Retention


class Cleaning:
    """Cleans the closed segments of one writer.

    Args:
        folder: the writer's.
        forgotten: who was forgotten.
        spool_s: how long words are kept, in seconds.
    """

    def __init__(self, folder: Path, forgotten: Forgotten, *, spool_s: float) -> None:
        self._folder = folder
        self._forgotten = forgotten
        self._spool_s = spool_s
        self._cleaned_at = self._read_mark()
        self._oldest_s: dict[int, float | None] = {}

    def is_asked(self) -> bool:
        """Say whether somebody was forgotten since the last cleaning."""
        return self._forgotten.version() != self._cleaned_at

    def clean(self, closed: list[int], *, now_s: float) -> int:
        """Clean segments that nobody writes to any more; return by how many bytes they became smaller."""
        version = self._forgotten.version()
        retention = self._forgotten.retention() if version != self._cleaned_at else None
        before_s = now_s - self._spool_s
        done = done_of(self._folder)
        gone = 0
        for number in closed:
            path = file_of(self._folder, number)
            oldest_s = self._oldest(number, path)
            over = oldest_s is None or oldest_s < before_s
            if over and number < done.segment:
                gone += path.stat().st_size
                path.unlink()
                self._oldest_s.pop(number, None)
            elif retention is not None or (over and oldest_s is not None):
                gone += self._rewrite(path, retention, before_s=before_s)
                self._oldest_s.pop(number, None)
        if gone:
            durable.sync(self._folder)
        if retention is not None:
            durable.replace(self._mark, str(version).encode())
            self._cleaned_at = version
        return gone

    def _oldest(self, number: int, path: Path) -> float | None:
        """Return when the oldest words of a segment arrived, None where it has none."""
        if number not in self._oldest_s:
            with path.open("rb") as file:
                self._oldest_s[number] = None
                for place in places(file):
                    data = place.words and payload(file, place.words)
                    if data:
                        self._oldest_s[number] = WORDS_DECODER.decode(data).at_s
                        break
        return self._oldest_s[number]

    def _rewrite(self, path: Path, retention: Retention | None, *, before_s: float) -> int:
        """Write a segment again without what may not be kept; return by how many bytes it is smaller."""
        size = path.stat().st_size
        pieces = [HEAD]
        with path.open("rb") as file:
            for place in places(file):
                data = payload(file, place.rows)
                if data is None:
                    return 0  # it is damaged: the reader says so, and nothing is made worse
                rows = ROWS_DECODER.decode(data)
                held = place.words and payload(file, place.words)
                words = WORDS_DECODER.decode(held) if held else None
                if words is not None and words.at_s < before_s:
                    words = None
                if retention is not None:
                    rows = _rows_left(rows, retention)
                    words = words and _words_left(words, retention)
                pieces.append(packed(rows, words))
        data = b"".join(pieces)
        if len(data) < size:
            durable.write(path, data)
        return size - len(data)

    @property
    def _mark(self) -> Path:
        return self._folder / "cleaned"

    def _read_mark(self) -> int:
        try:
            return int(self._mark.read_bytes())
        except (FileNotFoundError, ValueError):
            return 0


def _rows_left(rows: Rows, retention: Retention) -> Rows:
    batches = []
    for batch in rows.batches:
        table = batch.rows()
        gone = retention.of_forgotten(table)
        batches.append(batch if not np.any(gone) else Batch.of(batch.key, table.filter(pa.array(~gone))))
    return Rows(rows.at_s, rows.count, tuple(batches))


def _words_left(words: Words, retention: Retention) -> Words | None:
    """Leave out what forgotten accounts sent: here it counts when a record arrived."""
    at_us = round(words.at_s * 1e6)
    who = pa.table(
        {
            "account": pa.array([one.account for one in words.sealed], pa.string()),
            "started_at": pa.array([at_us] * len(words.sealed), pa.timestamp("us")),
        }
    )
    gone = retention.of_forgotten(who)
    left = tuple(one for one, out in zip(words.sealed, gone.tolist(), strict=True) if not out)
    return Words(words.at_s, words.key, left) if left else None
