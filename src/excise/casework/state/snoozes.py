"""Snoozes: a rule leaves an actor alone until a moment, and says why."""

import sqlalchemy as sa
from msgspec import Struct

from excise.casework.refusals import NoSuchRecord
from excise.casework.state.database import Database, Reading, Writing, record_of
from excise.casework.state.tables import SNOOZES
from excise.casework.state.texts import fresh, kept
from excise.errors import BadSetting

EVERY_RULE = "*"


class Snooze(Struct, frozen=True, kw_only=True):
    """One snooze. ``rule`` is a rule's name or ``*``; ``actor`` an actor's name or a case's id."""

    id: str
    rule: str
    actor: str
    until_s: float
    reason: str
    made_by: str
    made_at_s: float
    ended_at_s: float | None = None


class Snoozes:
    """The snoozes of a deployment."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, rule: str, actor: str, *, until_s: float, reason: str, by: str, now_s: float) -> Snooze:
        """Let a rule leave an actor alone. What is decided already stays.

        Raises:
            BadSetting: it ends before it begins, or gives no reason.
        """
        with self._database.writing(by=by, now_s=now_s) as writing:
            return add(writing, rule, actor, until_s=until_s, reason=reason)

    def end(self, snooze: str, *, by: str, now_s: float) -> None:
        """End a snooze before its time.

        Raises:
            NoSuchRecord: there is none, or it has ended.
        """
        of = SNOOZES.c
        with self._database.writing(by=by, now_s=now_s) as writing:
            done = writing.run(
                sa.update(SNOOZES).where(of.id == snooze, of.ended_at_s.is_(None)).values(ended_at_s=now_s)
            )
            if not done:
                raise NoSuchRecord.of("snooze", snooze)
            writing.note("snooze_ended", f"snooze {snooze} has ended", about=snooze)

    def list(self, *, now_s: float, actor: str | None = None) -> tuple[Snooze, ...]:
        """Return the snoozes that hold, of one actor or of all, the one that ends first before."""
        of = SNOOZES.c
        statement = sa.select(SNOOZES).where(of.ended_at_s.is_(None), of.until_s > now_s)
        if actor is not None:
            statement = statement.where(of.actor == actor)
        with self._database.reading() as reading:
            return tuple(record_of(row, Snooze) for row in reading.rows(statement.order_by(of.until_s)))


def add(writing: Writing, rule: str, actor: str, *, until_s: float, reason: str) -> Snooze:
    """Let a rule leave an actor, or a case, alone."""
    if not until_s > writing.now_s:
        raise BadSetting("a snooze ends after it begins; say until when")
    snooze = Snooze(
        id=fresh("snooze-", digits=8),
        rule=rule,
        actor=actor,
        until_s=until_s,
        reason=kept(reason, "reason"),
        made_by=writing.by,
        made_at_s=writing.now_s,
    )
    writing.put(SNOOZES, [{name: getattr(snooze, name) for name in Snooze.__struct_fields__}])
    case = actor if actor.startswith("case-") else None
    writing.note(
        "snoozed",
        f"rule {rule} leaves {actor} alone: {snooze.reason}",
        case=case,
        about=snooze.id,
        record=snooze,
    )
    return snooze


def snoozed(reading: Reading, names: tuple[str, ...], *, at_s: float) -> dict[str, Snooze]:
    """Return the snoozes that hold for an actor or a case, whatever it is called, by rule."""
    of = SNOOZES.c
    rows = reading.rows(
        sa.select(SNOOZES).where(of.actor.in_(names), of.ended_at_s.is_(None), of.until_s > at_s)
    )
    return {row["rule"]: record_of(row, Snooze) for row in rows}
