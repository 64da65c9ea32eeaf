"""The chain of the ledger: each entry holds the hash of the one before.

An entry's hash is SHA-256 over its canonical JSON (RFC 8785). Whoever holds one hash holds all before it.
Each entry is also written to a file outside the database, so that a database cut short is noticed.
"""

import fcntl
import math
import os
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import msgspec
from msgspec import Struct

from excise.observation.canonical import canonical, sha256


class Entry(Struct, frozen=True, kw_only=True):
    """One entry of the ledger: who did or saw what, when.

    Attributes:
        sequence: 1, 2, 3, without a gap.
        verb: what happened, one word.
        case: the case to whose timeline it belongs.
        about: the id of what it is about.
        record: SHA-256 of that as it stood after.
        previous, hash: of the entry before and of this one.
    """

    sequence: int
    at_s: float
    by: str
    verb: str
    text: str
    previous: str
    hash: str
    case: str | None = None
    about: str | None = None
    record: str | None = None


def hash_of(entry: Entry) -> str:
    """Return the hash that an entry must have."""
    fields = msgspec.structs.asdict(entry)
    del fields["hash"]
    return sha256(canonical(fields))


def sealed_after(
    sequence: int,
    previous: str,
    *,
    at_s: float,
    by: str,
    verb: str,
    text: str,
    case: str | None = None,
    about: str | None = None,
    record: object = None,
) -> Entry:
    """Return the entry after the one of a sequence number and hash.

    >>> one = sealed_after(0, "0" * 64, at_s=5.0, by="ann", verb="commented", text="Look.")
    >>> one.sequence, one.hash == hash_of(one)
    (1, True)
    """
    entry = Entry(
        sequence=sequence + 1,
        at_s=at_s if math.isfinite(at_s) else 0.0,
        by=by,
        verb=verb,
        text=text,
        case=case,
        about=about,
        record=None if record is None else record_hash(record),
        previous=previous,
        hash="",
    )
    return msgspec.structs.replace(entry, hash=hash_of(entry))


def record_hash(record: object) -> str:
    """Return the SHA-256 sum of a record's canonical JSON."""
    return sha256(canonical(record))


class Outside:
    """The ledger a second time: a file that is only ever appended to, one JSON object a line.

    Several processes of one machine may append to one file; what others wrote to the database meanwhile is
    filled in. Replicas on other machines keep files of their own.

    Attributes:
        trouble: why the last entries could not be written, None when they were. The database has them, and
            the next that can be written bring them along.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.trouble: str | None = None

    def append(self, entries: Sequence[Entry], after: Callable[[int], Iterator[Entry]]) -> None:
        """Write entries to the disk, and before them those that the file lacks; say in ``trouble`` if not.

        Args:
            entries: new ones, in order.
            after: returns the entries of the database after a sequence number.
        """
        try:
            self._append(entries, after)
        except OSError as error:
            self.trouble = f"{self.path}: {error}"
        else:
            self.trouble = None

    def _append(self, entries: Sequence[Entry], after: Callable[[int], Iterator[Entry]]) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab+") as out:
            fcntl.flock(out, fcntl.LOCK_EX)
            last = _last_sequence(out.fileno())
            if entries[0].sequence > last + 1:
                entries = list(after(last))
            lines = [msgspec.json.encode(entry) + b"\n" for entry in entries if entry.sequence > last]
            out.write(b"".join(lines))
            out.flush()
            os.fsync(out.fileno())

    def set_aside(self, *, now_s: float) -> Path | None:
        """Begin anew, as another chain is about to be written here; return where the one before is kept.

        None where there was none, or no more than what making an empty state wrote.
        """
        if not self.path.exists():
            return None
        if sum(1 for _ in islice(self.entries(), 2)) < 2:
            self.path.unlink()
            return None
        kept = self.path.with_name(f"{self.path.stem}-before-{now_s:.0f}{self.path.suffix}")
        return self.path.rename(kept)

    def entries(self) -> Iterator[Entry]:
        """Yield what the file holds.

        Raises:
            msgspec.DecodeError: a line is no entry.
        """
        if not self.path.exists():
            return
        with self.path.open("rb") as lines:
            for line in lines:
                yield msgspec.json.decode(line, type=Entry)


def _last_sequence(descriptor: int, block: int = 1 << 16) -> int:
    """Return the sequence number of the last whole line of a file; a line left unfinished is cut off."""
    size = os.fstat(descriptor).st_size
    held, place = b"", size
    while place > 0:
        step = min(block, place)
        place -= step
        held = os.pread(descriptor, step, place) + held
        end = held.rfind(b"\n")
        start = held.rfind(b"\n", 0, max(end, 0))
        if end >= 0 and (start >= 0 or place == 0):
            os.ftruncate(descriptor, place + end + 1)
            return msgspec.json.decode(held[start + 1 : end], type=Entry).sequence
    if size:
        os.ftruncate(descriptor, 0)
    return 0
