"""What the logs did not show at the last judgement of everything, kept for the console."""

from pathlib import Path

import msgspec
from msgspec import Struct

from excise.ingest.formats import Format
from excise.open_folder import members
from excise.store import durable
from excise.store.tables import Asked

FILE = "blindness.json"
"""Where it lies among what the loop keeps."""


class Blindness(Struct, frozen=True, kw_only=True):
    """What a judgement of everything could not see, as sentences, the worst first."""

    at_s: float
    blind: tuple[str, ...]


def formats_in(store: Asked) -> frozenset[str]:
    """Return the log formats whose records a store holds: their settings are named to whoever would see more.

    A source that somebody named is of an unknown format; what fixes it in any is named for it.
    """
    seen = store.tables.observations
    sources = store.run(seen.select("source").distinct())["source"].to_pylist()
    return frozenset(sources) & frozenset(members("excise.ingest.formats", Format))  # type: ignore[type-abstract]


def keep(folder: Path, found: Blindness) -> None:
    """Keep what was found in place of the one before, in one step.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> keep(folder, Blindness(at_s=0.0, blind=("No words.",)))
    >>> read(folder).blind
    ('No words.',)
    """
    durable.replace(folder / FILE, msgspec.json.encode(found))


def read(folder: Path) -> Blindness | None:
    """Return what was kept; None where nothing was judged yet, or another version kept it."""
    try:
        return msgspec.json.decode((folder / FILE).read_bytes(), type=Blindness)
    except (FileNotFoundError, msgspec.MsgspecError):
        return None
