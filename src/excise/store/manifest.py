"""The manifest: the single truth of which segments a store consists of, replaced in one step.

A segment that the manifest does not name does not exist, whatever lies in the folders. So a reader sees the
store before a compaction or after it, never both halves, and a process that is killed leaves files that count
for nothing.
"""

from pathlib import Path

import msgspec
from msgspec import Struct

from excise.errors import StoreDamaged
from excise.observation.schema import SCHEMA
from excise.store import durable

VERSION = 1
COLUMNS = ", ".join(f"{field.name} {field.type}" for field in SCHEMA)
"""The columns of an observation; a store of other columns cannot be asked."""


class Segment(Struct, frozen=True, gc=False):
    """One Parquet file of observations of one key and one UTC day. It never changes."""

    key: str
    day: str
    number: int
    rows: int
    size_bytes: int
    digest: str

    @property
    def file(self) -> str:
        """Its place under ``observations/``.

        >>> Segment("9a96c06a", "2025-10-06", 7, rows=1, size_bytes=1, digest="").file
        'key=9a96c06a/day=2025-10-06/00000007.parquet'
        """
        return f"key={self.key}/day={self.day}/{self.number:08d}.parquet"


class Manifest(Struct, frozen=True, kw_only=True):
    """What a store consists of.

    ``generation`` rises with every change. ``next_number`` is the number of the next segment.
    ``floor_at_us``: what started before it (epoch microseconds) was forgotten and stays out. ``forgotten``:
    keyed hash of an account to the time it was forgotten at (epoch microseconds); its exchanges that started
    before that stay out.
    """

    keyring: str
    version: int = VERSION
    columns: str = COLUMNS
    generation: int = 0
    next_number: int = 1
    segments: tuple[Segment, ...] = ()
    floor_at_us: int | None = None
    forgotten: dict[str, int] = {}

    @property
    def keys(self) -> tuple[str, ...]:
        """Ids of the keys that its rows were observed under, in order."""
        return tuple(sorted({segment.key for segment in self.segments}))

    def save(self, store: Path) -> "Manifest":
        """Make this the truth, as the next generation, and return that."""
        saved = msgspec.structs.replace(self, generation=self.generation + 1)
        durable.replace(manifest_file(store), msgspec.json.format(msgspec.json.encode(saved), indent=1))
        return saved

    @classmethod
    def load(cls, store: Path) -> "Manifest | None":
        """Read the manifest of a store; None where there is no store.

        Raises:
            StoreDamaged: it is not a manifest, or one of another version.
        """
        path = manifest_file(store)
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return None
        try:
            found = msgspec.json.decode(data, type=cls)
        except msgspec.MsgspecError as error:
            raise StoreDamaged(
                f"{path}: {error}; restore the store from a back-up or scan the logs again"
            ) from None
        if found.version != VERSION or found.columns != COLUMNS:
            raise StoreDamaged(
                f"{path}: this store was written by another version of Excise, which kept other columns; "
                "scan the logs into a new one"
            )
        return found

    @classmethod
    def demand(cls, store: Path) -> "Manifest":
        """Read the manifest of a store that has to be there.

        Raises:
            StoreDamaged: there is no store, or it is not a manifest, or one of another version.
        """
        found = cls.load(store)
        if found is None:
            raise StoreDamaged(f"{store}: there is no store here; excise scan makes one, --store names it")
        return found


def manifest_file(store: Path) -> Path:
    """Return where a store's manifest is."""
    return store / "segments.json"
