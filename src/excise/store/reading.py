"""A store as its readers have it: expressions over named tables, and the one place that runs them."""

import os
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self, TypeVar

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from excise.errors import StoreDamaged, WrongSecret
from excise.observation.secret import Keyring
from excise.open_folder import member
from excise.store import networks, segments
from excise.store.engines import Engine, Settings, Unanswered
from excise.store.manifest import Manifest
from excise.store.notes import Notes, Scan
from excise.store.tables import SCHEMAS, Tables, ibis_schema, tables

_ATTEMPTS = 8
Answer = TypeVar("Answer")


class Facts(NamedTuple):
    """What a store holds.

    ``floor_at_us`` (epoch microseconds): what started before it was forgotten. ``created_at_s`` (epoch
    seconds): when logs were first read into it, as far as that is known.
    """

    rows: int
    size_bytes: int
    segments: int
    keys: tuple[str, ...]
    first_day: str | None
    last_day: str | None
    floor_at_us: int | None
    created_at_s: float | None


class StoreReader:
    """A store opened to be asked. Any number may read while one process writes. Used by one thread at a time.

    ``tables`` are expressions, as is everything built on them; only ``run`` and ``keep`` execute. Each of
    these sees the store as it is when it starts, whole. **Rows come in no particular order unless the
    expression orders them**: how they lie in segments depends on how they came, which must never decide a
    result. Sums of floating-point numbers may differ in the last digits for the same reason; where that
    matters, sum integers.
    """

    def __init__(self, path: Path, keyring: Keyring, settings: Settings, engine: str) -> None:
        self.path = path
        self.notes = Notes(path)
        self._keyring = keyring
        self._settings = settings
        self._engine_name = engine
        self._engine: Engine | None = None
        self._bound: dict[str, object] = {}

    @classmethod
    def open(
        cls, path: Path, keyring: Keyring, *, engine: str = "duckdb", threads: int = 2, memory_mib: int = 512
    ) -> Self:
        """Open a store.

        Args:
            path: its folder.
            keyring: the keys that it was, or will be, written under.
            engine: a member of ``store/engines``.
            threads: how many the engine may use.
            memory_mib: how much memory the engine may use before it spills to disk, in MiB.

        Raises:
            StoreDamaged: there is no store at the path (to read), or not a whole one.
            StoreBusy: another process is writing to it (to write).
            WrongSecret: it was written under another deployment secret.
            UnknownMember: there is no such engine.
        """
        settings = Settings(spill=path / "spill" / str(os.getpid()), threads=threads, memory_mib=memory_mib)
        store = cls(path, keyring, settings, engine)
        store._manifest()
        return store

    @property
    def tables(self) -> Tables:
        """The tables that can be asked, as expressions; observations are those of the reading key."""
        return tables()

    def observations(self) -> ir.Table:
        """Return the observation table as an expression: the rows of the reading key."""
        return self.tables.observations

    def run(self, expression: ir.Table) -> pa.Table:
        """Execute an expression and return its rows.

        Raises:
            StoreDamaged: a file of the store is not what was written; the message names it.
            Unanswered: the engine ran out of what it was given.
        """
        return self._attempt(expression, lambda engine: engine.run(expression))

    def keep(self, name: str, rows: pa.Table | ir.Table) -> ir.Table:
        """Give rows, or what an expression yields now, a name while the store is open; return it to build on.

        It is for steps that much is built on: they are computed once.

        Raises:
            StoreDamaged: a file of the store is not what was written; the message names it.
            Unanswered: the engine ran out of what it was given.
        """
        if name in SCHEMAS:
            raise ValueError(f"{name!r} is a table of the store; give the step another name")
        if isinstance(rows, pa.Table):
            self._started().keep(name, rows)
            return ibis.table(ibis_schema(rows.schema), name=name)
        self._attempt(rows, lambda engine: engine.keep(name, rows))
        return ibis.table(rows.schema(), name=name)

    def scans(self) -> tuple[Scan, ...]:
        """Return the scans that filled the store, the first one first."""
        return self.notes.scans()

    def verify(self) -> None:
        """Read every byte of every segment and make sure that it is what was written.

        Raises:
            StoreDamaged: one is not; the message names the file.
        """
        for _ in range(_ATTEMPTS):
            manifest = self._manifest()
            try:
                for segment in manifest.segments:
                    segments.check(self._folder, segment)
            except StoreDamaged:
                if self._manifest().generation == manifest.generation:
                    raise
            else:
                return
        raise self._restless()

    @property
    def facts(self) -> Facts:
        """What the store holds, for people to read."""
        manifest = self._manifest()
        days = sorted({segment.day for segment in manifest.segments})
        scans = self.scans()
        return Facts(
            rows=sum(segment.rows for segment in manifest.segments),
            size_bytes=sum(segment.size_bytes for segment in manifest.segments),
            segments=len(manifest.segments),
            keys=manifest.keys,
            first_day=days[0] if days else None,
            last_day=days[-1] if days else None,
            floor_at_us=manifest.floor_at_us,
            created_at_s=scans[0].at_s if scans else None,
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

    def _snapshot(self, name: str) -> Path:
        return self.path / "tables" / f"{name}.parquet"

    def _manifest(self) -> Manifest:
        """Return the store as it is now."""
        manifest = Manifest.demand(self.path)
        refuse_wrong_secret(self.path, manifest, self._keyring)
        return manifest

    def _attempt(self, expression: ir.Table, ask: Callable[[Engine], Answer]) -> Answer:
        """Ask, and ask again when the store changed under the question, as when it was compacted."""
        for _ in range(_ATTEMPTS):
            manifest = self._manifest()
            try:
                return ask(self._bind(manifest, expression))
            except Unanswered as error:
                self._blame(manifest, error)
        raise self._restless()

    def _blame(self, manifest: Manifest, error: Unanswered) -> None:
        """Return if the store has changed since the manifest was read, else raise what is wrong."""
        if self._manifest().generation == manifest.generation:
            self.verify()
            raise error

    def _restless(self) -> StoreDamaged:
        return StoreDamaged(
            f"{self.path}: the store keeps changing while it is asked; try again when that is done"
        )

    def _started(self) -> Engine:
        if self._engine is None:
            kind = member("excise.store.engines", Engine, self._engine_name)  # type: ignore[type-abstract]
            self._engine = kind.start(self._settings)
        return self._engine

    def _bind(self, manifest: Manifest, expression: ir.Table) -> Engine:
        """Let the names in an expression stand for what the manifest says."""
        engine = self._started()
        names = {table.name for table in expression.op().find(ops.UnboundTable)}
        if names & {"observations", "addresses"}:
            reading = self._keyring.reading.id
            files = tuple(
                self._folder / segment.file for segment in manifest.segments if segment.key == reading
            )
            self._bind_files(engine, "observations", files)
        for name in names & {"accounts", "releases"}:
            there = self._snapshot(name)
            self._bind_files(engine, name, (there,) if there.exists() else ())
        if "addresses" in names:
            self._bind_addresses(engine, manifest)
        return engine

    def _bind_files(self, engine: Engine, name: str, files: tuple[Path, ...]) -> None:
        if self._bound.get(name) != files:
            self._bound.pop(name, None)
            engine.bind(name, SCHEMAS[name], files)
            self._bound[name] = files

    def _bind_addresses(self, engine: Engine, manifest: Manifest) -> None:
        there = self._snapshot("networks")
        brought = (there.stat().st_ino, there.stat().st_mtime_ns) if there.exists() else None
        if self._bound.get("addresses") != (manifest.generation, brought):
            known = pq.ParquetFile(there).read() if brought is not None else networks.SCHEMA.empty_table()
            seen = engine.run(self.tables.observations.select("address").distinct())
            engine.keep("addresses", networks.Networks(known).resolve(seen.column("address")))
            self._bound["addresses"] = (manifest.generation, brought)


def refuse_wrong_secret(path: Path, manifest: Manifest, keyring: Keyring) -> None:
    """Make sure that a store was written under the keys of this ring.

    Raises:
        WrongSecret: it was not.
    """
    known = {key.id for key in keyring.keys} | keyring.retired
    keys = set(manifest.keys)
    if manifest.keyring != keyring.id or (keys and not keys & known):
        raise WrongSecret(
            f"{path}: the store was written under another deployment secret (of keys "
            f"{', '.join(manifest.keys) or 'unknown'}; this one: {', '.join(k.id for k in keyring.keys)}); "
            "name the right file with --secret-file or EXCISE_SECRET_FILE, or scan the logs into a new store"
        )
