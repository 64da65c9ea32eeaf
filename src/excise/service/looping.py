"""The process in which the loop runs: the journal goes into the store, and what follows from it is decided.

Of several replicas over one PostgreSQL one leads: it alone writes to the store. The others stand by, and one
of them leads as soon as the leader's connection to the database is gone.
"""

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

import sqlalchemy as sa
from msgspec import Struct

from excise.errors import ExciseError, StoreBusy
from excise.observation.secret import Keyring
from excise.service.journal.forgotten import Forgotten
from excise.service.journal.into_store import take_in
from excise.service.journal.reader import Journal
from excise.service.logs import log, log_error, set_up
from excise.store.store import Store

_LEAD_LOCK = 0x4558_4349_4C4F
_STAND_BY_S = 2.0


class LoopPlan(Struct, frozen=True, kw_only=True):
    """What the process is told: where all is, and how often to turn."""

    folder: str
    secret_file: str
    database: str
    every_s: float


class Turned(Struct, frozen=True, kw_only=True):
    """What the process says after each turn.

    Attributes:
        leads: whether this replica is the one that turns.
        lag_s: how long the oldest record that is acknowledged and not in the store has waited.
        records: how many went into the store.
        damaged: how many groups of the journal could not be read.
        took_s: how long the turn took.
    """

    leads: bool
    lag_s: float = 0.0
    records: int = 0
    damaged: int = 0
    took_s: float = 0.0


def run(connection: Connection, plan: LoopPlan) -> None:
    """Turn until the other side of the connection is closed."""
    for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(one, signal.SIG_IGN)  # who started this closes the connection
    set_up(time.time)
    with contextlib.suppress(OSError):
        os.nice(5)  # whoever waits for a decision goes first
    while True:
        try:
            with _leading(plan) as still_leads:
                if still_leads is not None:
                    _lead(connection, plan, still_leads)
                    return
                connection.send(Turned(leads=False))
        except (EOFError, BrokenPipeError):
            return
        except StoreBusy as error:
            # The leader before this one may still be writing; or somebody scans into the store.
            log_error("the store is busy", error)
        except ExciseError as error:
            log_error("the loop stopped", error)
            raise SystemExit(1) from None
        except sa.exc.SQLAlchemyError as error:
            log_error("the database is gone", error)
        if _is_over(connection, _STAND_BY_S):
            return


def _lead(connection: Connection, plan: LoopPlan, still_leads: Callable[[], None]) -> None:
    now_s = time.time
    folder = Path(plan.folder)
    keyring = Keyring.open(Path(plan.secret_file), now_s=now_s())  # noqa: TID251 - a process takes the time
    journal = Journal(folder / "journal")
    forgotten = Forgotten(folder / "journal", keyring.derive("forgotten"))
    with Store.open(folder / "store", keyring) as store:
        while True:
            began_s = time.monotonic()
            still_leads()
            taken = take_in(journal, forgotten, store, keyring, now_s=now_s())
            for damage in taken.damaged:
                log("damaged", file=damage.file, offset=damage.offset, size_bytes=damage.size_bytes)
            waiting = journal.waiting()
            lag_s = 0.0 if waiting.oldest_at_s is None else max(0.0, now_s() - waiting.oldest_at_s)
            connection.send(
                Turned(
                    leads=True,
                    lag_s=lag_s,
                    records=taken.records,
                    damaged=len(taken.damaged),
                    took_s=time.monotonic() - began_s,
                )
            )
            if _is_over(connection, 0.0 if waiting.size_bytes else plan.every_s):
                return


@contextmanager
def _leading(plan: LoopPlan) -> Iterator[Callable[[], None] | None]:
    """Try to hold the lead while the block runs; yield what checks that it is still held, None without it."""
    if plan.database.startswith("sqlite"):
        yield lambda: None  # one folder, one file: the lock of the store is enough
        return
    engine = sa.create_engine(sa.make_url(plan.database).set(drivername="postgresql+psycopg"))
    try:
        with engine.connect() as held:
            got = held.scalar(sa.select(sa.func.pg_try_advisory_lock(_LEAD_LOCK)))
            held.commit()

            def check() -> None:
                held.execute(sa.select(1))
                held.commit()

            yield check if got else None
    finally:
        engine.dispose()


def _is_over(connection: Connection, within_s: float) -> bool:
    """Wait, and say whether the other side was closed meanwhile."""
    try:
        if connection.poll(within_s):
            connection.recv()
    except (EOFError, OSError):
        return True
    return False
