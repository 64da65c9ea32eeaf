"""A store as its readers have it: expressions over named tables, and the one place where they are executed."""

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from excise.errors import StoreDamaged, WrongSecret
from excise.observation.schema import SCHEMA
from excise.observation.secret import Keyring
from excise.open_folder import member
from excise.store import segments
from excise.store.engines import Engine, Settings, Unanswered
from excise.store.manifest import Manifest

_ATTEMPTS = 8


class Facts(NamedTuple):
    """What a store holds. ``floor_at_us`` (epoch microseconds): what started before it was forgotten."""

    rows: int
    size_bytes: int
    segments: int
    keys: tuple[str, ...]
    first_day: str | None
    last_day: str | None
    floor_at_us: int | None


class StoreReader:
    """A store opened to be asked. Any number may read while one process writes.

    ``observations()`` is an expression, as is everything built on it; only ``run`` and ``batches`` execute. Each run
    sees the store as it is when it starts, whole. **Rows come in no particular order unless the expression orders
    them**: how they lie in segments depends on how they came, which must never decide a result. Sums of floating-point
    numbers may differ in the last digits between runs for the same reason; where that matters, sum integers.
    """

    def __init__(self, path: Path, keyring: Keyring, settings: Settings, engine: str) -> None:
        self.path = path
        self._keyring = keyring
        self._settings = settings
        self._engine_name = engine
        self._engine: Engine | None = None
        self._bound: dict[str, tuple[Path, ...]] = {}

    @classmethod
    def open(
        cls, path: Path, keyring: Keyring, *, engine: str = "duckdb", threads: int = 2, memory_mib: int = 512
    ) -> Self:
        """Open a store to ask it.

        Raises:
            StoreDamaged: there is no store at the path, or not a whole one.
            WrongSecret: it was written under another deployment secret.
            UnknownMember: there is no such engine.
        """
        settings = Settings(spill=path / "spill", threads=threads, memory_mib=memory_mib)
        store = cls(path, keyring, settings, engine)
        store._manifest()
        return store

    def observations(self) -> ir.Table:
        """Return the observation table as an expression: the rows of the reading key, columns as in ``FIELDS``."""
        return observations()

    def run(self, expression: ir.Table) -> pa.Table:
        """Execute an expression and return its rows.

        Raises:
            StoreDamaged: a file of the store is not what was written; the message names it.
            Unanswered: the engine ran out of what it was given.
        """
        for _ in range(_ATTEMPTS):
            manifest = self._manifest()
            try:
                return self._bind(manifest).run(expression)
            except Unanswered:
                self._explain(manifest)
        raise StoreDamaged(f"{self.path}: the store keeps changing while it is asked; try again when that is done")

    def batches(self, expression: ir.Table, *, rows: int = 65_536) -> Iterator[pa.RecordBatch]:
        """Execute an expression and yield its rows, about so many at a time, for results too big for memory.

        Raises:
            StoreDamaged: a file of the store is not what was written, or was removed in the midst of it.
            Unanswered: the engine ran out of what it was given.
        """
        manifest = self._manifest()
        try:
            yield from self._bind(manifest).batches(expression, rows)
        except Unanswered:
            self._explain(manifest)
            raise StoreDamaged(f"{self.path}: the store was compacted while it was asked; ask again") from None

    def keep(self, name: str, rows: pa.Table | ir.Table) -> ir.Table:
        """Give rows, or what an expression yields now, a name for as long as the store is open; return it to build on.

        For steps that much is built on: they are computed once.
        """
        if isinstance(rows, pa.Table):
            schema = rows.schema
            self._bind(self._manifest()).keep(name, rows)
            return ibis.table(_ibis_schema(schema), name=name)
        manifest = self._manifest()
        try:
            self._bind(manifest).keep(name, rows)
        except Unanswered:
            self._explain(manifest)
            raise
        return ibis.table(rows.schema(), name=name)

    def verify(self) -> None:
        """Read every byte of every segment and make sure that it is what was written.

        Raises:
            StoreDamaged: one is not; the message names the file.
        """
        for segment in self._manifest().segments:
            segments.check(self._folder, segment)

    @property
    def facts(self) -> Facts:
        """What the store holds, for people to read."""
        manifest = self._manifest()
        days = sorted({segment.day for segment in manifest.segments})
        return Facts(
            rows=sum(segment.rows for segment in manifest.segments),
            size_bytes=sum(segment.size_bytes for segment in manifest.segments),
            segments=len(manifest.segments),
            keys=manifest.keys,
            first_day=days[0] if days else None,
            last_day=days[-1] if days else None,
            floor_at_us=manifest.floor_at_us,
        )

    def close(self) -> None:
        """Let go of the engine."""
        if self._engine is not None:
            self._engine.close()
            self._engine = None
            self._bound.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def _folder(self) -> Path:
        return self.path / "observations"

    def _manifest(self) -> Manifest:
        """Return the store as it is now."""
        manifest = Manifest.load(self.path)
        if manifest is None:
            raise StoreDamaged(f"{self.path}: there is no store here; excise scan makes one, --store names it")
        refuse_wrong_secret(self.path, manifest, self._keyring)
        return manifest

    def _bind(self, manifest: Manifest) -> Engine:
        """Let the engine's names stand for what the manifest says."""
        if self._engine is None:
            self._engine = member("excise.store.engines", Engine, self._engine_name).start(self._settings)
        for name, schema, files in self._named(manifest):
            if self._bound.get(name) != files:
                self._bound.pop(name, None)
                self._engine.bind(name, schema, files)
                self._bound[name] = files
        return self._engine

    def _named(self, manifest: Manifest) -> Iterator[tuple[str, pa.Schema, tuple[Path, ...]]]:
        reading = self._keyring.reading.id
        files = tuple(self._folder / segment.file for segment in manifest.segments if segment.key == reading)
        yield "observations", SCHEMA, files

    def _explain(self, manifest: Manifest) -> None:
        """Inside the handling of ``Unanswered``: return if the store has changed meanwhile, else say what is wrong."""
        if self._manifest().generation != manifest.generation:
            return
        self.verify()
        raise  # noqa: PLE0704


def observations() -> ir.Table:
    """Return the observation table as an expression that any engine can bind; it needs no store.

    >>> observations().group_by("account").agg(exchanges=lambda t: t.count()).columns
    ('account', 'exchanges')
    """
    return ibis.table(_ibis_schema(SCHEMA), name="observations")


def refuse_wrong_secret(path: Path, manifest: Manifest, keyring: Keyring) -> None:
    """Make sure that a store was written under the keys of this ring.

    Raises:
        WrongSecret: it was not.
    """
    known = {key.id for key in keyring.keys} | keyring.retired
    keys = set(manifest.keys)
    if manifest.keyring != keyring.id or (keys and not keys & known):
        raise WrongSecret(
            f"{path}: the store was written under another deployment secret (keys {', '.join(manifest.keys) or 'none yet'}; "
            f"this secret has {', '.join(key.id for key in keyring.keys)}); name the file that has it with --secret-file "
            "or EXCISE_SECRET_FILE, or scan the logs into a new store"
        )


def _ibis_schema(schema: pa.Schema) -> ibis.Schema:
    # Ibis has no binary values of fixed size.
    flat = [f.with_type(pa.binary()) if pa.types.is_fixed_size_binary(f.type) else f for f in schema]
    return ibis.Schema.from_pyarrow(pa.schema(flat))
