"""What asking the gateway came to, kept in the data folder so that the console can show it."""

from pathlib import Path

import msgspec
from msgspec import Struct

from excise.service.doctor import Examined
from excise.store import durable

FILE = "gateway.json"


class Kept(Struct, frozen=True, kw_only=True):
    """An examination: of which gateway, and when (epoch seconds)."""

    gateway: str
    at_s: float
    examined: Examined


def keep(folder: Path, kept: Kept) -> None:
    """Keep an examination in place of the one before, in one step.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> keep(folder, Kept(gateway="http://gateway", at_s=0.0, examined=Examined(found=(), counted=None)))
    >>> read(folder).gateway
    'http://gateway'
    """
    durable.replace(folder / FILE, msgspec.json.encode(kept))


def read(folder: Path) -> Kept | None:
    """Return the last examination; None where there was none, or another version kept it."""
    try:
        return msgspec.json.decode((folder / FILE).read_bytes(), type=Kept)
    except (FileNotFoundError, msgspec.MsgspecError):
        return None
