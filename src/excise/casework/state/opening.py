"""The state, opened: its database brought up to date, and one attribute for each kind of record."""

from collections.abc import Callable
from importlib.resources import as_file, files
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import sqlalchemy as sa
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from excise.casework.refusals import StateUnreachable
from excise.casework.state.agreement import Agreements
from excise.casework.state.appeals import Appeals
from excise.casework.state.cases import Cases
from excise.casework.state.chain import Outside
from excise.casework.state.database import Database
from excise.casework.state.decisions import Decisions
from excise.casework.state.effects import Effects
from excise.casework.state.impacts import Impacts
from excise.casework.state.ledger import Ledger
from excise.casework.state.outbox import Outbox
from excise.casework.state.people import People
from excise.casework.state.programmes import Programmes
from excise.casework.state.snoozes import Snoozes
from excise.casework.state.standings import Standings
from excise.casework.state.tables import METADATA
from excise.casework.state.tokens import Tokens
from excise.casework.state.views import Views


class State:
    """The state of a deployment. Safe for threads; several processes may have it open.

    Attributes:
        cases, decisions, effects, standings, programmes, snoozes, tokens, outbox, impacts, agreement,
            appeals, people, views, ledger: what each is, its class says.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self.cases = Cases(database)
        self.decisions = Decisions(database)
        self.effects = Effects(database)
        self.standings = Standings(database)
        self.programmes = Programmes(database)
        self.snoozes = Snoozes(database)
        self.tokens = Tokens(database)
        self.outbox = Outbox(database)
        self.impacts = Impacts(database)
        self.agreement = Agreements(database)
        self.appeals = Appeals(database)
        self.people = People(database)
        self.views = Views(database)
        self.ledger = Ledger(database)

    @classmethod
    def open(cls, url: str | Path, *, secret: bytes, now_s: float, outside: Path | None = None) -> Self:
        """Open the state, making it or bringing it up to date where that is needed.

        Args:
            url: ``sqlite:///FILE``, ``postgresql://USER@HOST/NAME``, or the path of an SQLite file.
            secret: bytes of the deployment (16 to 64), for keyed picks.
            now_s: epoch seconds.
            outside: where the ledger is written down a second time, line by line.

        Raises:
            StateUnreachable: the database does not answer, or a newer program has written it.
            BadSetting: the address is of no database that can hold it.
        """
        database = Database(url, secret=secret, outside=None if outside is None else Outside(outside))
        try:
            upgrade(database, now_s=now_s)
        except BaseException:
            database.close()
            raise
        return cls(database)

    def revision(self) -> str:
        """Return of which revision the tables are."""
        with self.database.reading() as reading:
            return str(_revision(reading.connection))

    def close(self) -> None:
        """Let go of all connections."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def upgrade(database: Database, *, now_s: float) -> None:
    """Bring the tables up to date; one process does it, the others wait."""
    with as_file(files("excise.casework.state").joinpath("migrations")) as folder:
        script = ScriptDirectory(str(folder))
        head = script.get_current_head()
        with database.reading() as reading:
            if _revision(reading.connection) == head:
                return
        with database.writing(by="state", now_s=now_s) as writing:
            before = _revision(writing.connection)
            if before == head:
                return
            _run(script, writing.connection)
            writing.note("migrated", f"the tables are now of revision {head}, before of {before or 'none'}")


def _run(script: ScriptDirectory, connection: sa.Connection) -> None:
    def steps(revision: Any, context: MigrationContext) -> Any:  # noqa: ANN401, ARG001 - as Alembic has it
        try:
            return script._upgrade_revs("head", revision)  # noqa: SLF001 - as Alembic's own recipes do
        except CommandError as error:
            raise StateUnreachable(
                f"the tables are of revision {', '.join(revision)}, unknown to this program: {error}; "
                "run the version of Excise that wrote them, or a newer one"
            ) from None

    apply: Callable[..., Any] = steps
    with EnvironmentContext(Config(), script, fn=apply, destination_rev="head") as environment:
        environment.configure(connection=connection, target_metadata=METADATA, transactional_ddl=False)
        environment.run_migrations()


def _revision(connection: sa.Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()
