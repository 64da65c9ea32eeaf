"""The database beneath the state: SQLite for one process or a few, PostgreSQL for replicas.

One transaction writes at a time, in SQLite by its nature and in PostgreSQL by an advisory lock. Casework
writes little, and what it writes is a chain: the ledger and the sequence of effects have one order for the
whole deployment, so that a reader who has seen a number has seen all before it. Readers never wait, and each
sees one moment.
"""

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from excise.casework.refusals import NotAsThingsStand, StateUnreachable
from excise.casework.state import tables
from excise.casework.state.chain import Entry, Outside, sealed_after
from excise.errors import BadSetting

Record = TypeVar("Record")
Row = sa.RowMapping

AT_ONCE = 10_000
"""Values, or rows, that are held in memory at a time."""

_BUSY_S = 20.0
_WRITE_LOCK = 0x45584349_5345
_FIRST_HASH = "0" * 64


class Reading:
    """A transaction that reads: all that it asks, it asks of one moment."""

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection

    def rows(self, statement: sa.Executable) -> Sequence[Row]:
        """Return the rows of a statement."""
        return self.connection.execute(statement).mappings().all()

    def row(self, statement: sa.Executable) -> Row | None:
        """Return the first row of a statement, None where there is none."""
        return self.connection.execute(statement).mappings().first()

    def tuples(self, statement: sa.Executable) -> Sequence[tuple[Any, ...]]:
        """Return the rows of a statement by position, where there are many."""
        found: Sequence[Any] = self.connection.execute(statement).all()  # rows unpack as tuples
        return found

    def column(self, statement: sa.Executable) -> Sequence[Any]:
        """Return the first column of a statement."""
        return self.connection.execute(statement).scalars().all()

    def value(self, statement: sa.Executable) -> Any:  # noqa: ANN401 - what the statement asks for
        """Return the first value of a statement, None where there is none."""
        return self.connection.execute(statement).scalar()

    def counter(self, name: str) -> int:
        """Return a number that is one for the deployment; 0 at first."""
        of = tables.COUNTERS
        return self.value(sa.select(of.c.value).where(of.c.name == name)) or 0


class Writing(Reading):
    """A transaction that writes: the only one at its time.

    Attributes:
        by: who writes.
        now_s: when.
        entries: what it has added to the ledger.
    """

    def __init__(self, connection: sa.Connection, *, by: str, now_s: float) -> None:
        super().__init__(connection)
        self.by = by
        self.now_s = now_s
        self.entries: list[Entry] = []
        self._head: tuple[int, str] | None = None

    def run(self, statement: sa.Executable, rows: Sequence[dict[str, object]] | None = None) -> int:
        """Run a statement, once or for each of several rows; return how many rows it touched."""
        if rows is not None and not rows:
            return 0
        done = self.connection.execute(statement, rows) if rows else self.connection.execute(statement)
        return done.rowcount if isinstance(done, sa.CursorResult) else 0

    def put(self, table: sa.Table, rows: Sequence[dict[str, object]]) -> None:
        """Insert rows; of those whose key is there, replace what the rows name."""
        if not rows:
            return
        insert = postgresql.insert if self.connection.dialect.name == "postgresql" else sqlite.insert
        statement = insert(table)
        keys = [column.name for column in table.primary_key]
        rest = {name: statement.excluded[name] for name in rows[0] if name not in keys}
        if rest:
            statement = statement.on_conflict_do_update(index_elements=keys, set_=rest)
        else:
            statement = statement.on_conflict_do_nothing(index_elements=keys)
        self.run(statement, rows)

    def count_up(self, name: str, by: int = 1) -> int:
        """Raise a number that is one for the deployment, and return it."""
        value = self.counter(name) + by
        self.put(tables.COUNTERS, [{"name": name, "value": value}])
        return value

    def note(
        self,
        verb: str,
        text: str,
        *,
        case: str | None = None,
        about: str | None = None,
        record: object = None,
    ) -> Entry:
        """Add an entry to the ledger; it is the case's event as well.

        Args:
            verb: what happened, one word.
            text: a sentence.
            case: the case to whose timeline it belongs.
            about: the id of what it is about.
            record: that as it stands now; its hash goes in, so that changing it elsewhere is noticed.
        """
        sequence, before = self._head or self._read_head()
        entry = sealed_after(
            sequence, before, at_s=self.now_s, by=self.by, verb=verb, text=text, case=case, about=about,
            record=record,
        )  # fmt: skip
        self._head = (entry.sequence, entry.hash)
        self.entries.append(entry)
        return entry

    def forget_head(self) -> None:
        """Forget the end of the ledger: what is in its table was replaced."""
        self._head = None

    def write_entries(self) -> None:
        """Put the new entries into their table."""
        self.run(
            sa.insert(tables.LEDGER),
            [{**msgspec.structs.asdict(entry), "case_id": entry.case} for entry in self.entries],
        )

    def _read_head(self) -> tuple[int, str]:
        of = tables.LEDGER
        head = self.row(sa.select(of.c.sequence, of.c.hash).order_by(of.c.sequence.desc()).limit(1))
        return (0, _FIRST_HASH) if head is None else (head["sequence"], head["hash"])


class Database:
    """An engine with its transactions. Safe for threads; several processes may have one each.

    Args:
        url: ``sqlite:///FILE`` or ``postgresql://USER@HOST/NAME``; a path is a file of SQLite.
        secret: 32 bytes of the deployment, for keyed picks.
        outside: where the ledger is written down a second time, outside the database.
    """

    def __init__(self, url: str | Path, *, secret: bytes, outside: Outside | None = None) -> None:
        self.secret = secret
        self.outside = outside
        self.engine = _engine(url)
        self.place = self.engine.url.render_as_string(hide_password=True)

    @contextlib.contextmanager
    def reading(self) -> Iterator[Reading]:
        """Read at one moment.

        Raises:
            StateUnreachable: the database is busy or gone.
        """
        with self._told(), self.engine.connect() as opened:
            connection = opened
            if opened.dialect.name == "postgresql":
                connection = opened.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield Reading(connection)

    @contextlib.contextmanager
    def writing(self, *, by: str, now_s: float) -> Iterator[Writing]:
        """Write, alone; all of it is there when this ends, or none.

        Raises:
            StateUnreachable: the database is busy, full or gone; nothing was written, unless the connection
                broke in the very moment of the commit: every writer may be called again.
        """
        with self._told():
            with self.engine.connect() as opened:
                connection = opened.execution_options(excise_writes=True)
                with connection.begin():
                    if connection.dialect.name == "postgresql":
                        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_WRITE_LOCK)))
                    transaction = Writing(connection, by=by, now_s=now_s)
                    yield transaction
                    transaction.write_entries()
            if self.outside is not None and transaction.entries:
                self.outside.append(transaction.entries, self._entries_after)

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()

    def _entries_after(self, sequence: int) -> Iterator[Entry]:
        of = tables.LEDGER
        with self.reading() as reading:
            rows = reading.rows(sa.select(of).where(of.c.sequence > sequence).order_by(of.c.sequence))
        return (entry_of(row) for row in rows)

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (OperationalError, InterfaceError) as error:
            raise StateUnreachable(
                f"{self.place}: {str(error.orig).strip()}; try again when the database answers"
            ) from error
        except sa.exc.IntegrityError as error:
            raise NotAsThingsStand(
                f"{self.place}: another has just written the same ({str(error.orig).strip()}); look again"
            ) from error
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
            raise StateUnreachable(f"{self.place}: the connection broke; try again") from error


def record_of(row: Row, kind: type[Record], **renamed: str) -> Record:
    """Return a row as a record. ``renamed`` says which column holds a field: ``case="case_id"``."""
    fields = {str(name): value for name, value in row.items()}
    fields.update({field: fields.pop(column) for field, column in renamed.items()})
    return msgspec.convert(fields, kind)


def entry_of(row: Row) -> Entry:
    """Return a row of the ledger as an entry."""
    return record_of(row, Entry, case="case_id")


def slices(values: Iterable[str]) -> Iterator[list[str]]:
    """Yield values in lists of a size to work on at a time.

    >>> [len(part) for part in slices(str(n) for n in range(25_000))]
    [10000, 10000, 5000]
    """
    held: list[str] = []
    for value in values:
        held.append(value)
        if len(held) == AT_ONCE:
            yield held
            held = []
    if held:
        yield held


def _engine(url: str | Path) -> sa.Engine:
    text = str(url)
    if isinstance(url, Path) or "://" not in text:
        text = f"sqlite:///{Path(text).absolute()}"
    try:
        made = sa.make_url(text)
    except sa.exc.ArgumentError:
        raise BadSetting(f"{text.partition('://')[0]}://…: this is no address of a database") from None
    if made.get_backend_name() == "postgresql":
        return sa.create_engine(
            made.set(drivername="postgresql+psycopg"),
            pool_pre_ping=True,
            pool_size=8,
            isolation_level="READ COMMITTED",
        )
    if made.get_backend_name() != "sqlite":
        raise BadSetting(f"{made.get_backend_name()}: the state is kept in sqlite or postgresql")
    if not made.database or made.database == ":memory:":
        raise BadSetting("sqlite: name a file; a database in memory is lost with the process")
    engine = sa.create_engine(made, connect_args={"timeout": _BUSY_S}, pool_size=8)
    sa.event.listen(engine, "connect", _prepare)
    sa.event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: sqlite3.Connection, entry: ConnectionPoolEntry) -> None:  # noqa: ARG001 - as SQLAlchemy has it
    connection.isolation_level = None  # transactions begin where we say so
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-65536"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get("excise_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
