"""Small things that a store remembers besides observations: which scans filled it, and what a stage noted."""

import json
import re
from pathlib import Path

import msgspec
from msgspec import Struct

from excise.errors import StoreDamaged
from excise.store import durable

_NAME = re.compile(r"[a-z][a-z0-9_.-]{0,60}")


class Scan(Struct, frozen=True, kw_only=True):
    """One reading of logs into the store.

    ``at_s`` is epoch seconds; ``account_fields`` says of each source which field was taken for the account.
    """

    at_s: float
    sources: tuple[str, ...]
    rows_new: int
    bytes_read: int
    account_fields: dict[str, str] = {}


class Notes:
    """What is remembered under ``<store>/notes/`` and in ``<store>/scans.jsonl``.

    >>> import tempfile
    >>> notes = Notes(Path(tempfile.mkdtemp()))
    >>> notes.write("last_campaigns", b"{}")
    >>> notes.read("last_campaigns"), notes.read("something_else")
    (b'{}', None)
    """

    def __init__(self, store: Path) -> None:
        self._folder = store / "notes"
        self._scans = store / "scans.jsonl"

    def read(self, name: str) -> bytes | None:
        """Return what was last noted under a name, or None."""
        try:
            return self._file(name).read_bytes()
        except FileNotFoundError:
            return None

    def write(self, name: str, data: bytes) -> None:
        """Note something in place of what was noted under the name before, in one step."""
        durable.replace(self._file(name), data)

    def forget(self, accounts: frozenset[str]) -> int:
        """Remove the notes in which one of the accounts occurs, and return how many these were.

        So notes are text: an account in a packed note would not be found.
        """
        spellings = {spelled for account in accounts for spelled in _spellings(account)}
        removed = 0
        for path in sorted(self._folder.glob("*")):
            data = path.read_bytes()
            if path.name.endswith(durable.UNFINISHED) or any(spelled in data for spelled in spellings):
                path.unlink()
                removed += not path.name.endswith(durable.UNFINISHED)
        return removed

    def add_scan(self, scan: Scan) -> None:
        """Remember a scan."""
        durable.add_line(self._scans, msgspec.json.encode(scan))

    def scans(self) -> tuple[Scan, ...]:
        """Return the scans that filled the store, the first one first.

        Raises:
            StoreDamaged: a line is not one. The last one may be unfinished, as a killed process leaves it.
        """
        try:
            lines = self._scans.read_bytes().split(b"\n")[:-1]
        except FileNotFoundError:
            return ()
        try:
            return tuple(msgspec.json.decode(line, type=Scan) for line in lines)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise StoreDamaged(
                f"{self._scans}: {error}; remove the line, it tells only what was read when"
            ) from None

    def _file(self, name: str) -> Path:
        if not _NAME.fullmatch(name) or name.endswith(durable.UNFINISHED):
            raise ValueError(f"a note is named in small letters, not {name!r}")
        return self._folder / name


def _spellings(account: str) -> list[bytes]:
    """Return how an account may be written in text or JSON, escaped or not."""
    plain = account.encode("utf-8", "surrogateescape")
    return [
        plain,
        *(
            json.dumps(account, ensure_ascii=escaped)[1:-1].encode("utf-8", "surrogateescape")
            for escaped in (True, False)
        ),
    ]
