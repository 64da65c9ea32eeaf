"""The writer: groups are appended, and have reached the disk when ``append`` returns."""

import contextlib
import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from msgspec import Struct

from excise.errors import ExciseError, StoreBusy
from excise.service.journal.cleaning import Cleaning
from excise.service.journal.done import done_of
from excise.service.journal.forgotten import Forgotten
from excise.service.journal.group import Rows, Words, packed
from excise.service.journal.segment import HEAD, file_of, numbers, whole_end
from excise.store import durable

DAY_S = 86_400.0
_MOST_WRITERS = 100


class JournalFull(ExciseError):
    """The disk takes no more; what was not acknowledged is not kept, and the sender tries again."""


class JournalSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the journal is kept.

    Attributes:
        spool_days: how long sealed words are kept, so that opening a case can preserve them; 0 keeps none.
        segment_bytes: a segment of this size is closed.
        segment_s: one of this age is, so that words can be removed soon after their time.
        free_bytes: so much of the disk is left to others; with less, nothing is taken in.
    """

    spool_days: float = 7.0
    segment_bytes: int = 64 * 2**20
    segment_s: float = 3600.0
    free_bytes: int = 64 * 2**20


class JournalWriter:
    """Appends groups to a folder of its own below the journal's.

    What a killed process left unfinished is cut off when the folder is taken over.

    Args:
        journal: the journal's folder; several processes, also on several machines, may write below it.
        forgotten: whose words and rows are to be removed.
        settings: see ``JournalSettings``.

    Raises:
        StoreBusy: a hundred processes already write.
    """

    def __init__(self, journal: Path, forgotten: Forgotten, settings: JournalSettings) -> None:
        self._settings = settings
        self.folder, self._lock = _claimed(journal)
        self.cut_bytes = _recovered(self.folder)
        self._cleaning = Cleaning(self.folder, forgotten, spool_s=settings.spool_days * DAY_S)
        # A number is never used again: the reader may be that far already.
        self._number = max([*numbers(self.folder), done_of(self.folder).segment])
        self._file = -1
        self._size = 0
        self._begun_s = 0.0

    def append(self, rows: Rows, words: Words | None) -> None:
        """Append a group. When this returns it has reached the disk.

        Raises:
            JournalFull: the disk is full, or does not take it; nothing of the group is kept.
        """
        data = packed(rows, words)
        try:
            if self._due(rows.at_s):
                self.roll()
            if self._file < 0:
                self._begin(rows.at_s)
            self._spare(len(data))
            _write(self._file, data)
            os.fdatasync(self._file)
        except OSError as error:
            self._undo()
            raise JournalFull(
                f"{self.folder}: the journal cannot be written: {error.strerror or error}; "
                "make room on the disk. Senders are asked to try again"
            ) from None
        self._size += len(data)

    def roll(self) -> None:
        """Close the segment in work; the next group begins another."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def sweep(self, *, now_s: float) -> int:
        """Remove words whose time is over, and what forgotten accounts left; return the bytes that went.

        Args:
            now_s: epoch seconds; from a clock that does not jump, for what is removed is gone.
        """
        if self._due(now_s) or (self._file >= 0 and self._cleaning.is_asked()):
            self.roll()
        closed = numbers(self.folder)
        if self._file >= 0:
            closed.remove(self._number)
        return self._cleaning.clean(closed, now_s=now_s)

    def close(self) -> None:
        """Close the segment, and let another process have the folder."""
        self.roll()
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _due(self, now_s: float) -> bool:
        limits = self._settings
        return self._file >= 0 and (
            self._size >= limits.segment_bytes or now_s - self._begun_s >= limits.segment_s
        )

    def _begin(self, at_s: float) -> None:
        self._spare(len(HEAD))
        path = file_of(self.folder, self._number + 1)
        # One that could not be begun before holds no group.
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_TRUNC, 0o600)
        self._file, self._number, self._size, self._begun_s = file, self._number + 1, 0, at_s
        _write(file, HEAD)
        durable.sync(self.folder)
        self._size = len(HEAD)

    def _spare(self, size: int) -> None:
        there = os.statvfs(self.folder)
        if there.f_bavail * there.f_frsize < self._settings.free_bytes + size:
            raise OSError(28, "too little space is left")

    def _undo(self) -> None:
        """Take back what of a group was written, and never go on behind it.

        The reader may have seen the group; a later one in its place would be passed over.
        """
        if self._file < 0:
            return
        with contextlib.suppress(OSError):  # what stays is whole and counts, or is cut by who comes next
            os.ftruncate(self._file, self._size)
            os.fdatasync(self._file)
        self.roll()


def _claimed(journal: Path) -> tuple[Path, int]:
    """Take the first folder that no living process has."""
    for number in range(_MOST_WRITERS):
        folder = journal / f"writer-{number:02d}"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(folder / "writer.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            continue
        durable.sync(journal)
        return folder, lock
    raise StoreBusy(f"{journal}: {_MOST_WRITERS} processes write to this journal; end some of them")


def _recovered(folder: Path) -> int:
    """Cut off what a killed process left unfinished; return how many bytes."""
    for path in folder.glob(f"*{durable.UNFINISHED}"):
        path.unlink()
    there = numbers(folder)
    if not there:
        return 0
    path = file_of(folder, there[-1])
    size, end = path.stat().st_size, whole_end(path)
    if end < size or end < len(HEAD):
        with path.open("rb+") as file:
            file.truncate(end)
            os.fsync(file.fileno())
    if end <= len(HEAD):
        path.unlink()
        durable.sync(folder)
    return size - end


def _write(file: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(file, rest) :]
