"""Records that could not be read: where each came from and why, without what it held."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

MOST_BYTES = 16 * 2**20
"""At this size the file is put aside, in place of the one before."""


class Refused(Struct, frozen=True):
    """One record that could not be read: a row of ``rejected.jsonl``.

    ``line`` counts the records of its delivery from 1.
    """

    at_s: float
    source: str
    format: str
    line: int
    reason: str


class RejectedFile:
    """Appends to ``rejected.jsonl``. A disk that is full loses rows here, and never an acknowledged record.

    Attributes:
        lost: rows that could not be written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.lost = 0

    def add(self, rows: Sequence[Refused]) -> None:
        """Append rows."""
        if not rows:
            return
        data = b"".join(msgspec.json.encode(row) + b"\n" for row in rows)
        try:
            with self._path.open("ab") as file:
                file.write(data)
                size = file.tell()
            if size >= MOST_BYTES:
                self._path.replace(self._path.with_suffix(".before.jsonl"))
        except OSError:
            self.lost += len(rows)
