"""The loop turns: the journal goes into the store, and what follows from it is decided.

Of several replicas over one PostgreSQL one leads: it alone writes to the store. The others stand by, and one
of them leads as soon as the leader's connection to the database is gone.
"""

import contextlib
import os
import signal
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

import msgspec

from excise.casework.case import CaseFilter
from excise.casework.policy import Policy
from excise.casework.policy import read as read_policy
from excise.casework.refusals import StateUnreachable
from excise.casework.standing import Round
from excise.casework.state import State
from excise.casework.state.leading import leading
from excise.errors import BadSetting, ExciseError, StoreBusy
from excise.observation.secret import Keyring
from excise.report.progress import now_s
from excise.service.journal.feed import Feed, forget
from excise.service.journal.forgotten import Forgotten
from excise.service.journal.reader import Journal
from excise.service.knowing import Knowing
from excise.service.logs import log, log_error, set_up
from excise.service.loop.turn import Loop
from excise.service.loop.whole import Settings as JudgingSettings
from excise.service.looping import LoopPlan, Turned
from excise.store.store import Store

_STAND_BY_S = 2.0


def turn_until_over(connection: Connection, plan: LoopPlan) -> None:
    """Turn until the other side of the connection is closed."""
    for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(one, signal.SIG_IGN)  # who started this closes the connection
    set_up(now_s)
    with contextlib.suppress(OSError):
        os.nice(5)  # whoever waits for a decision goes first
    said = ""
    while True:
        try:
            with leading(plan.database) as still_leads:
                if still_leads is not None:
                    _lead(connection, plan, still_leads)
                    return
                connection.send(Turned(leads=False))
        except (EOFError, BrokenPipeError):
            return
        except (StoreBusy, StateUnreachable) as error:
            # The leader before this one may still be writing, or somebody scans into the store.
            if str(error) != said:
                log_error("the loop waits", error)
            said = str(error)
        except ExciseError as error:
            log_error("the loop stopped", error)
            raise SystemExit(1) from None
        except Exception as error:  # noqa: BLE001 - the outermost: it is written down without words
            log_error("the loop stopped", error)
            raise SystemExit(1) from None
        if _is_over(connection, _STAND_BY_S):
            return


def _lead(connection: Connection, plan: LoopPlan, still_leads: Callable[[], None]) -> None:
    folder = Path(plan.folder)
    keyring = Keyring.open(Path(plan.secret_file), now_s=now_s())
    feed = Feed(Journal(folder / "journal"))
    forgotten = Forgotten(folder / "journal", keyring.derive("forgotten"))
    with (
        State.open(
            plan.database,
            secret=keyring.derive("state"),
            now_s=now_s(),
            outside=None if plan.ledger_file is None else Path(plan.ledger_file),
        ) as state,
        Store.open(folder / "store", keyring) as store,
        contextlib.ExitStack() as open_loops,
    ):
        knowing = Knowing(plan.known)
        judging = msgspec.convert(plan.judging, JudgingSettings)
        loop: Loop | None = None
        policy = read_policy(Path(plan.policy_file))
        while True:
            began_s = time.monotonic()
            still_leads()
            knowing.bring(store)
            if forget(forgotten, store) or loop is None:
                # What the loop made of the store is made again without whom was forgotten.
                open_loops.close()
                loop = Loop(store, keyring, settings=judging, aside=plan.aside)
                open_loops.callback(loop.close)
            policy = _newest(Path(plan.policy_file), policy)

            def receive(found: Round, policy: Policy = policy) -> None:
                state.standings.receive(found, policy, now_s=now_s())

            turned = loop.turn(feed, receive, now_s=now_s())
            state.decisions.expire_due(now_s=now_s())
            for damage in feed.damaged:
                log("damaged", file=damage.file, offset=damage.offset, size_bytes=damage.size_bytes)
            feed.damaged.clear()
            waiting = feed.journal.waiting()
            lag_s = 0.0 if waiting.oldest_at_s is None else max(0.0, now_s() - waiting.oldest_at_s)
            connection.send(
                Turned(
                    leads=True,
                    lag_s=lag_s,
                    new=turned.new,
                    judged=turned.judged,
                    due=turned.waiting,
                    took_s=time.monotonic() - began_s,
                    case_bits={case.id: case.bits for case in state.cases.list(CaseFilter()).cases},
                )
            )
            if _is_over(connection, 0.0 if waiting.size_bytes else plan.every_s):
                return


def _newest(path: Path, before: Policy) -> Policy:
    """Read the policy; while somebody is writing it, or has written it wrong, the one before holds."""
    try:
        return read_policy(path)
    except (BadSetting, OSError) as error:
        log_error("the policy cannot be read; the one before holds", error)
        return before


def _is_over(connection: Connection, within_s: float) -> bool:
    """Wait, and say whether the other side was closed meanwhile."""
    try:
        if connection.poll(within_s):
            connection.recv()
    except (EOFError, OSError):
        return True
    return False
