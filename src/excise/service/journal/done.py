"""How far the reader is in a writer's folder: a small file, replaced in one step."""

from pathlib import Path

import msgspec
from msgspec import Struct

from excise.store import durable

_FILE = "done"


class Done(Struct, frozen=True, order=True):
    """Up to where groups were taken in: all segments before this one, and so many groups of it."""

    segment: int = 0
    groups: int = 0


def done_of(folder: Path) -> Done:
    """Return how far the reader is. Where the file is lost it begins anew; the store keeps a record once."""
    try:
        return msgspec.json.decode((folder / _FILE).read_bytes(), type=Done)
    except (FileNotFoundError, msgspec.MsgspecError):
        return Done()


def keep(folder: Path, done: Done) -> None:
    """Write down how far the reader is; it has reached the disk when this returns."""
    durable.replace(folder / _FILE, msgspec.json.encode(done))
