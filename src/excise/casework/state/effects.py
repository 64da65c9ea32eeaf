"""Effects: what holds for each subject at the gateway, made of decisions, cases and programmes.

They are made in the transaction that changes any of these, one sequence number a change, so that a gateway
asks only for what is new. A programme is applied here, last, and nowhere else. A decision about an actor
holds for the accounts of its case as linking and people have them, or of the actor where it has no case.
"""

import hashlib
from collections.abc import Collection, Iterable
from typing import NamedTuple

import msgspec
import sqlalchemy as sa

from excise.casework.decision import Changes, Decision, Effect, Lifted, Scope, Status, owner_of
from excise.casework.state import exemption
from excise.casework.state.among import among
from excise.casework.state.database import Database, Reading, Row, Writing, record_of, slices
from excise.casework.state.tables import CASE_ACCOUNTS, CASES, DECISIONS, EFFECTS, STANDINGS, as_json

SEQUENCE = "effects"
FLOOR = "effects forgotten"
KEPT_S = 7 * 86_400.0
"""How long it is kept that nothing holds for a subject any more; a gateway that was away longer asks anew."""

MOST_AT_ONCE = 50_000
_CANARY_STEPS = 1 << 32


class Subject(NamedTuple):
    """Whom an effect is about."""

    scope: Scope
    subject: str


class Effects:
    """What holds, and what changed since a gateway last asked."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def sequence(self) -> int:
        """Return the number of the latest change."""
        with self._database.reading() as reading:
            return reading.counter(SEQUENCE)

    def since(self, sequence: int, *, most: int = MOST_AT_ONCE) -> Changes:
        """Return what changed after a sequence number, in order; all effects for 0 or a number too old.

        Args:
            sequence: of the last ``Changes``; 0 at first.
            most: changes at once; with more, the answer says so.
        """
        of = EFFECTS.c
        with self._database.reading() as reading:
            latest = reading.counter(SEQUENCE)
            whole = sequence <= 0 or sequence < reading.counter(FLOOR) or sequence > latest
            start = 0 if whole else sequence
            statement = sa.select(of.scope, of.subject, of.simulated, of.sequence, of.record)
            statement = statement.where(of.sequence > start)
            if whole:
                statement = statement.where(of.record.is_not(None))
            rows = reading.rows(statement.order_by(of.sequence).limit(most))
        more = len(rows) == most
        effects, lifted = [], []
        for row in rows:
            if row["record"] is None:
                scope = Scope(row["scope"])
                lifted.append(Lifted(scope=scope, subject=row["subject"], simulated=row["simulated"]))
            else:
                effects.append(msgspec.convert(row["record"], Effect))
        return Changes(
            sequence=rows[-1]["sequence"] if more else latest,
            whole=whole,
            effects=tuple(effects),
            lifted=tuple(lifted),
            more=more,
        )

    def current(self, scope: Scope, subject: str) -> tuple[Effect, ...]:
        """Return what holds for a subject, the simulated after the real; nothing for most."""
        of = EFFECTS.c
        with self._database.reading() as reading:
            rows = reading.rows(
                sa.select(of.record)
                .where(of.scope == scope, of.subject == subject, of.record.is_not(None))
                .order_by(of.simulated)
            )
        return tuple(msgspec.convert(row["record"], Effect) for row in rows)

    def of_decision(self, decision: str, *, most: int = 1_000) -> tuple[Effect, ...]:
        """Return the effects that a decision has, where none severer is before it."""
        of = EFFECTS.c
        with self._database.reading() as reading:
            rows = reading.rows(
                sa.select(of.record)
                .where(of.decision == decision, of.record.is_not(None))
                .order_by(of.subject, of.simulated)
                .limit(most)
            )
        return tuple(msgspec.convert(row["record"], Effect) for row in rows)

    def forget_lifted(self, *, now_s: float) -> int:
        """Remove what was lifted long ago; return how many rows went."""
        of = EFFECTS.c
        with self._database.writing(by="state", now_s=now_s) as writing:
            old = sa.and_(of.record.is_(None), of.at_s < now_s - KEPT_S)
            floor = writing.value(sa.select(sa.func.max(of.sequence)).where(old))
            if floor is None:
                return 0
            writing.count_up(FLOOR, max(floor - writing.counter(FLOOR), 0))
            return writing.run(sa.delete(EFFECTS).where(old))


def whom(reading: Reading, decision: Decision) -> sa.Select[tuple[str]] | None:
    """Return the question for the accounts that a decision is about; None for an address."""
    match decision.scope:
        case Scope.ACCOUNT:
            return sa.select(sa.literal(decision.subject).label("account"))
        case Scope.END_USER:
            return sa.select(sa.literal(owner_of(decision.subject)).label("account"))
        case Scope.ADDRESS:
            return None
        case Scope.ACTOR if decision.case is not None:
            of = CASE_ACCOUNTS.c
            return sa.select(of.account).where(of.case_id == final(reading, decision.case), of.inside)
        case Scope.ACTOR:
            actor = STANDINGS.c
            return sa.select(actor.account).where(actor.actor == decision.subject)


def final(reading: Reading, case: str) -> str:
    """Return the case that a case lives on in, itself where it was not merged."""
    of = CASES.c
    for _ in range(1_000):
        into = reading.value(sa.select(of.merged_into).where(of.id == case))
        if into is None:
            return case
        case = into
    return case


def remake_for(writing: Writing, decisions: Iterable[Decision], *, secret: bytes) -> None:
    """Make the effects of all subjects that some decisions are about."""
    accounts: set[str] = set()
    others: set[Subject] = set()
    for decision in decisions:
        if decision.scope is Scope.ACCOUNT:
            accounts.add(decision.subject)
        elif decision.scope is Scope.ACTOR and (asked := whom(writing, decision)) is not None:
            accounts.update(writing.column(asked))
        else:
            others.add(Subject(decision.scope, decision.subject))
    remake(writing, accounts, secret=secret)
    for other in sorted(others):
        found = _decisions(writing, DECISIONS.c.scope == other.scope, DECISIONS.c.subject == other.subject)
        owner = [owner_of(other.subject)] if other.scope is Scope.END_USER else []
        exempt = exemption.covered(writing, owner, at_s=writing.now_s)
        _replace(writing, {other: [] if exempt else found}, secret)


def remake(writing: Writing, accounts: Collection[str], *, secret: bytes) -> None:
    """Make the effects of some accounts, and number those that changed."""
    for part in slices(sorted(accounts)):
        by_account = _holding(writing, part)
        users = _end_users(writing, part)
        exempt = exemption.covered(writing, part, at_s=writing.now_s) if by_account or users else {}
        wanted: dict[Subject, list[Decision]] = {
            Subject(Scope.ACCOUNT, account): [] if account in exempt else by_account.get(account, [])
            for account in part
        }
        for user, found in users.items():
            wanted[user] = [] if owner_of(user.subject) in exempt else found
        _replace(writing, wanted, secret)


def _holding(reading: Reading, accounts: Collection[str]) -> dict[str, list[Decision]]:
    """Return the active decisions that are about each account."""
    found: dict[str, list[Decision]] = {}
    of, case, standing = DECISIONS.c, CASE_ACCOUNTS.c, STANDINGS.c
    for decision in _decisions(reading, of.scope == Scope.ACCOUNT, among(of.subject, accounts)):
        found.setdefault(decision.subject, []).append(decision)
    in_case: dict[str, list[str]] = {}
    for account, its in reading.tuples(
        sa.select(case.account, case.case_id).where(among(case.account, accounts), case.inside)
    ):
        in_case.setdefault(its, []).append(account)
    for earlier, now in merged_into(reading, in_case).items():
        in_case[earlier] = in_case[now]
    for decision in _decisions(reading, of.scope == Scope.ACTOR, among(of.case_id, in_case)):
        for account in in_case[decision.case or ""]:
            found.setdefault(account, []).append(decision)
    theirs = sa.and_(of.scope == Scope.ACTOR, of.subject == standing.actor, of.case_id.is_(None))
    of_actor: dict[str, list[str]] = {}
    for account, actor in reading.tuples(
        sa.select(standing.account, standing.actor).where(
            among(standing.account, accounts),
            sa.exists().where(theirs, of.status == Status.ACTIVE),
        )
    ):
        of_actor.setdefault(actor, []).append(account)
    for decision in _decisions(
        reading, of.scope == Scope.ACTOR, of.case_id.is_(None), among(of.subject, of_actor)
    ):
        for account in of_actor[decision.subject]:
            found.setdefault(account, []).append(decision)
    return found


def merged_into(reading: Reading, cases: Iterable[str]) -> dict[str, str]:
    """Return the cases that live on in some cases, each with the one that it lives on in."""
    found: dict[str, str] = {}
    asked = {case: case for case in cases}
    while asked:
        of = CASES.c
        rows = reading.rows(sa.select(of.id, of.merged_into).where(among(of.merged_into, asked)))
        earlier = {row["id"]: asked[row["merged_into"]] for row in rows}
        asked = {case: now for case, now in earlier.items() if case not in found}
        found.update(asked)
    return found


def _decisions(reading: Reading, *where: sa.ColumnElement[bool]) -> list[Decision]:
    rows = reading.rows(sa.select(DECISIONS).where(DECISIONS.c.status == Status.ACTIVE, *where))
    return [decision_of(row) for row in rows]


def decision_of(row: Row) -> Decision:
    """Return a row of decisions as a record."""
    return record_of(row, Decision, case="case_id")


def _end_users(reading: Reading, accounts: Collection[str]) -> dict[Subject, list[Decision]]:
    found: dict[Subject, list[Decision]] = {}
    wanted = set(accounts)
    for decision in _decisions(reading, DECISIONS.c.scope == Scope.END_USER):
        if owner_of(decision.subject) in wanted:
            found.setdefault(Subject(Scope.END_USER, decision.subject), []).append(decision)
    return found


def _replace(writing: Writing, wanted: dict[Subject, list[Decision]], secret: bytes) -> None:
    """Put effects in the place of those that are there, where they differ."""
    made: dict[tuple[Subject, bool], Effect] = {}
    for subject, decisions in wanted.items():
        for decision in decisions:
            if decision.until_s <= writing.now_s:
                continue
            effect = _effect(decision, subject, secret)
            place = (subject, effect.simulated)
            if place not in made or _before(effect, made[place], writing.now_s):
                made[place] = effect
    there = _there(writing, wanted)
    places = {place for place, record in there.items() if record is not None} | set(made)
    rows: list[dict[str, object]] = []
    for subject, simulated in sorted(places):
        now = made.get((subject, simulated))
        record = None if now is None else as_json(now)
        if record == there.get((subject, simulated)):
            continue
        rows.append(
            {
                "scope": subject.scope,
                "subject": subject.subject,
                "simulated": simulated,
                "at_s": writing.now_s,
                "decision": "" if now is None else now.decision,
                "record": None if record is None else msgspec.Raw(record.encode()),
            }
        )
    if rows:
        latest = writing.count_up(SEQUENCE, len(rows))
        for sequence, row in enumerate(rows, latest - len(rows) + 1):
            row["sequence"] = sequence
        writing.put(EFFECTS, rows)


def _there(reading: Reading, subjects: Iterable[Subject]) -> dict[tuple[Subject, bool], str | None]:
    """Return the effects that are there, as their JSON: thousands are compared, and few of them differ."""
    by_scope: dict[Scope, list[str]] = {}
    for subject in subjects:
        by_scope.setdefault(subject.scope, []).append(subject.subject)
    of = EFFECTS.c
    text = sa.type_coerce(of.record, sa.Text)
    return {
        (Subject(scope, name), simulated): record
        for scope, names in by_scope.items()
        for name, simulated, record in reading.tuples(
            sa.select(of.subject, of.simulated, text).where(of.scope == scope, among(of.subject, names))
        )
    }


def _effect(decision: Decision, subject: Subject, secret: bytes) -> Effect:
    return Effect(
        scope=subject.scope,
        subject=subject.subject,
        simulated=decision.simulated or not picked(decision, subject.subject, secret),
        decision=decision.id,
        kind=decision.kind,
        starts_at_s=decision.starts_at_s,
        until_s=decision.until_s,
        reason_code=decision.reason_code,
        actor=decision.subject if decision.scope is Scope.ACTOR else None,
        limits=decision.limits,
        degradation=decision.degradation,
    )


def picked(decision: Decision, subject: str, secret: bytes) -> bool:
    """Say whether a canary is carried out on a subject: by a keyed hash, so that nobody can foresee it.

    The same rule always picks the same subjects, whatever decision it makes.
    """
    if decision.share >= 1.0:
        return True
    name = f"{decision.rule or decision.id}\0{subject}".encode()
    digest = hashlib.blake2b(name, key=secret, digest_size=4).digest()
    return int.from_bytes(digest) < decision.share * _CANARY_STEPS


def _before(one: Effect, other: Effect, now_s: float) -> bool:
    """Say whether one effect goes before another: what holds now before what is to come; the severest."""
    return _order(one, now_s) > _order(other, now_s)


def _order(effect: Effect, now_s: float) -> tuple[bool, int, float, str]:
    return effect.starts_at_s <= now_s, effect.kind.severity, effect.until_s, effect.decision
