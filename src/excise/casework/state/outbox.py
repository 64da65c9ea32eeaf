"""The outbox: messages that have to reach people, kept until they did. The sending is ``casework.notify``.

A message is written in the transaction of what it tells, so that neither is there without the other. Several
processes may send: each claims what it sends, for a while.
"""

import sqlalchemy as sa
from msgspec import Struct

from excise.casework.policy import Policy
from excise.casework.state.database import Database, Row, Writing, record_of
from excise.casework.state.tables import OUTBOX
from excise.casework.state.texts import fresh

FIRST_WAIT_S = 10.0
LONGEST_WAIT_S = 3_600.0
MOST_TRIES = 24
"""Together a message is tried for about 17 hours, and then kept as failed."""

CLAIMED_S = 120.0


class Message(Struct, frozen=True, kw_only=True):
    """What people are told: a headline, a sentence, and where to look. Never words of exchanges."""

    event: str
    title: str
    text: str
    at_s: float
    case: str | None = None
    decision: str | None = None


class Posted(Struct, frozen=True, kw_only=True):
    """A message on its way over one channel; ``due_at_s`` is None of one that was sent or has failed."""

    id: str
    channel: str
    event: str
    message: Message
    made_at_s: float
    due_at_s: float | None
    tries: int
    sent_at_s: float | None = None
    error: str | None = None


class Outbox:
    """The messages of a deployment."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self, *, now_s: float, most: int = 20) -> tuple[Posted, ...]:
        """Take messages that are due; nobody else gets them for two minutes."""
        of = OUTBOX.c
        due = sa.and_(of.due_at_s <= now_s, sa.func.coalesce(of.claimed_until_s, 0.0) <= now_s)
        with self._database.reading() as reading:
            if reading.row(sa.select(of.id).where(due).limit(1)) is None:
                return ()
        with self._database.writing(by="outbox", now_s=now_s) as writing:
            rows = writing.rows(sa.select(OUTBOX).where(due).order_by(of.due_at_s, of.id).limit(most))
            ids = [row["id"] for row in rows]
            writing.run(sa.update(OUTBOX).where(of.id.in_(ids)).values(claimed_until_s=now_s + CLAIMED_S))
        return tuple(_posted(row) for row in rows)

    def sent(self, message: str, *, now_s: float) -> None:
        """Say that a message has reached its channel."""
        of = OUTBOX.c
        with self._database.writing(by="outbox", now_s=now_s) as writing:
            writing.run(
                sa.update(OUTBOX)
                .where(of.id == message, of.sent_at_s.is_(None))
                .values(sent_at_s=now_s, due_at_s=None, claimed_until_s=None, error=None)
            )

    def failed(self, message: str, error: str, *, now_s: float) -> None:
        """Say that a message could not be sent; it is tried again later, twice as long each time."""
        of = OUTBOX.c
        with self._database.writing(by="outbox", now_s=now_s) as writing:
            tries = (writing.value(sa.select(of.tries).where(of.id == message)) or 0) + 1
            wait_s = min(FIRST_WAIT_S * 2.0 ** (tries - 1), LONGEST_WAIT_S)
            due_at_s = now_s + wait_s if tries < MOST_TRIES else None
            writing.run(
                sa.update(OUTBOX)
                .where(of.id == message, of.sent_at_s.is_(None))
                .values(tries=tries, due_at_s=due_at_s, claimed_until_s=None, error=error[:500])
            )

    def list(self, *, most: int = 100) -> tuple[Posted, ...]:
        """Return the latest messages, the newest first."""
        of = OUTBOX.c
        with self._database.reading() as reading:
            rows = reading.rows(sa.select(OUTBOX).order_by(of.made_at_s.desc(), of.id).limit(most))
        return tuple(_posted(row) for row in rows)


def post(writing: Writing, policy: Policy, message: Message) -> None:
    """Put a message into the outbox, once for each channel that is told of its event."""
    writing.run(
        sa.insert(OUTBOX),
        [
            {
                "id": fresh("msg-", digits=16),
                "channel": name,
                "event": message.event,
                "message": message,
                "made_at_s": writing.now_s,
                "due_at_s": writing.now_s,
                "claimed_until_s": None,
                "tries": 0,
                "sent_at_s": None,
                "error": None,
            }
            for name, channel in sorted(policy.notify.items())
            if not channel.events or message.event in channel.events
        ],
    )


def _posted(row: Row) -> Posted:
    return record_of(row, Posted)
