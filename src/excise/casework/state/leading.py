"""Of several processes over one database one leads: a lock there, which goes with the connection."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from excise.casework.refusals import StateUnreachable

_LOCK = 0x4558_4349_4C4F


@contextmanager
def leading(url: str) -> Iterator[Callable[[], None] | None]:
    """Try to lead while the block runs; yield what checks that it still does, None where another leads.

    Of an SQLite file there is one process that writes to its folder's store anyway: it always leads.

    Args:
        url: of the state, as ``State.open`` takes it.

    Raises:
        StateUnreachable: the database does not answer, or does not any more; another may lead from then on.

    >>> with leading("sqlite:///excise.db") as still_leads:
    ...     still_leads is not None
    True
    """
    if not url.startswith("postgresql"):
        yield lambda: None
        return
    address = sa.make_url(url).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(address)
    place = address.render_as_string(hide_password=True)
    try:
        connection = _connected(engine, place)
        try:
            got = _asked(connection, sa.select(sa.func.pg_try_advisory_lock(_LOCK)), place)
            yield (lambda: _still(connection, place)) if got else None
        finally:
            connection.invalidate()  # not back into a pool: the lock has to go with it
            connection.close()
    finally:
        engine.dispose()


def _connected(engine: sa.Engine, place: str) -> sa.Connection:
    try:
        return engine.connect()
    except SQLAlchemyError as error:
        raise _unreachable(place, error) from None


def _still(connection: sa.Connection, place: str) -> None:
    _asked(connection, sa.select(1), place)


def _asked(
    connection: sa.Connection, statement: sa.Select[tuple[int]] | sa.Select[tuple[bool]], place: str
) -> bool:
    try:
        found = connection.scalar(statement)
        connection.commit()
    except SQLAlchemyError as error:
        raise _unreachable(place, error) from None
    return bool(found)


def _unreachable(place: str, error: SQLAlchemyError) -> StateUnreachable:
    return StateUnreachable(f"{place}: {type(error).__name__}; this process leads again when it answers")
