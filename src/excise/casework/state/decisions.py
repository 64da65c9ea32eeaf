"""Decisions in the state: proposed, approved, refused, undone, over."""

import math
from collections.abc import Sequence

import msgspec
import sqlalchemy as sa

from excise.casework.case import Happening
from excise.casework.decision import Decision, DecisionFilter, DecisionPage, Draft, Kind, Mode, Scope, Status
from excise.casework.impact import Impact, is_bulk
from excise.casework.policy import Policy
from excise.casework.refusals import NoSuchRecord, NotAsThingsStand, SecondPersonNeeded
from excise.casework.state import effects, holding, impacts, outbox, paging, programmes, snoozes
from excise.casework.state.among import among
from excise.casework.state.database import Database, Reading, Writing
from excise.casework.state.effects import decision_of
from excise.casework.state.outbox import Message
from excise.casework.state.tables import DECISIONS
from excise.casework.state.texts import fresh, kept
from excise.errors import BadSetting

POLICY = "policy"
"""Who makes what no person makes."""

LONGEST_HOURS = 24.0 * 366


class Decisions:
    """The decisions of a deployment."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def propose(self, draft: Draft, *, policy: Policy, by: str, now_s: float) -> Decision:
        """Make a decision of a draft: active where it may act and nobody else has to agree, else proposed.

        Raises:
            BadSetting: it gives no reason, never ends, or lacks what its kind needs.
            NoSuchRecord: there is no such case.
            HeldByAnother: somebody else is deciding the case.
        """
        with self._database.writing(by=by, now_s=now_s) as writing:
            if draft.key is not None:
                before = writing.row(sa.select(DECISIONS).where(DECISIONS.c.key == draft.key))
                if before is not None:
                    return decision_of(before)
            if draft.case is not None:
                holding.demand_free(writing, draft.case)
            made = make(writing, draft, policy, secret=self._database.secret)
            if made.status is Status.ACTIVE:
                effects.remake_for(writing, [made], secret=self._database.secret)
            return made

    def approve(self, decision: str, *, policy: Policy, by: str, now_s: float) -> Decision:
        """Let a proposal hold from now, as long as it was meant to.

        Raises:
            NoSuchRecord: there is none.
            NotAsThingsStand: it is not proposed any more.
            SecondPersonNeeded: it is a bulk decision, and who approves has made it.
            HeldByAnother: somebody else is deciding its case.
        """
        with self._database.writing(by=by, now_s=now_s) as writing:
            proposal = get(writing, decision)
            _demand(proposal, Status.PROPOSED)
            if proposal.case is not None:
                holding.demand_free(writing, proposal.case)
            impact = impacts.impact(writing, proposal, self._database.secret, now_s=now_s)
            if by == proposal.made_by and _bulk(writing, proposal, impact, policy):
                raise SecondPersonNeeded(
                    f"{decision}: {impact.sentence()}. Who proposed it cannot approve it; ask a second person"
                )
            delay_s = proposal.starts_at_s - proposal.made_at_s
            values: dict[str, object] = {
                "status": Status.ACTIVE,
                "approved_by": by,
                "approved_at_s": now_s,
                "starts_at_s": now_s + delay_s,
                "until_s": now_s + delay_s + proposal.until_s - proposal.starts_at_s,
                "begun": delay_s <= 0,
                "size": len(impact.accounts),
            }
            return self._change(writing, proposal, values, Happening.APPROVED, f"approved: {_what(proposal)}")

    def refuse(self, decision: str, *, because: str, policy: Policy, by: str, now_s: float) -> Decision:
        """Refuse a proposal; the rule that made it leaves the actor alone for a while.

        Raises:
            NoSuchRecord, NotAsThingsStand, HeldByAnother: see ``approve``.
            BadSetting: it gives no reason.
        """
        ending = (Status.PROPOSED, Status.REFUSED)
        return self._end(decision, ending, because, policy, by=by, now_s=now_s)

    def undo(self, decision: str, *, because: str, policy: Policy, by: str, now_s: float) -> Decision:
        """Undo an active decision, at once; the rule that made it leaves the actor alone for a while.

        Raises:
            NoSuchRecord, NotAsThingsStand, HeldByAnother: see ``approve``.
            BadSetting: it gives no reason.
        """
        ending = (Status.ACTIVE, Status.UNDONE)
        return self._end(decision, ending, because, policy, by=by, now_s=now_s)

    def expire_due(self, *, now_s: float) -> tuple[Decision, ...]:
        """End what is over and begin what begins, programmes too; return the decisions that have ended.

        Call it every few seconds.
        """
        programmes.turn(self._database, now_s=now_s)
        of = DECISIONS.c
        over = sa.and_(of.status.in_([Status.ACTIVE, Status.PROPOSED]), of.until_s <= now_s)
        begins = sa.and_(of.status == Status.ACTIVE, of.begun.is_(False), of.starts_at_s <= now_s)
        with self._database.reading() as reading:
            if reading.row(sa.select(of.id).where(sa.or_(over, begins)).limit(1)) is None:
                return ()
        with self._database.writing(by=POLICY, now_s=now_s) as writing:
            ended = [decision_of(row) for row in writing.rows(sa.select(DECISIONS).where(over))]
            starting = [decision_of(row) for row in writing.rows(sa.select(DECISIONS).where(begins))]
            writing.run(sa.update(DECISIONS).where(begins).values(begun=True))
            writing.run(sa.update(DECISIONS).where(over).values(status=Status.EXPIRED))
            found = []
            for decision in ended:
                now = msgspec.structs.replace(decision, status=Status.EXPIRED)
                note(writing, now, Happening.EXPIRED, f"is over: {_what(now)}")
                found.append(now)
            effects.remake_for(writing, [*found, *starting], secret=self._database.secret)
        return tuple(found)

    def get(self, decision: str) -> Decision:
        """Return a decision.

        Raises:
            NoSuchRecord: there is none.
        """
        with self._database.reading() as reading:
            return get(reading, decision)

    def list(self, asked: DecisionFilter, *, after: str | None = None, most: int = 50) -> DecisionPage:
        """Return a page of decisions, the newest first."""
        of = DECISIONS.c
        statement = sa.select(DECISIONS)
        if asked.status:
            statement = statement.where(of.status.in_(asked.status))
        for column, value in (
            (of.case_id, asked.case),
            (of.rule, asked.rule),
            (of.made_by, asked.made_by),
            (of.kind, asked.kind),
            (of.scope, asked.scope),
            (of.subject, asked.subject),
            (of.simulated, asked.simulated),
        ):
            if value is not None:
                statement = statement.where(column == value)
        with self._database.reading() as reading:
            page = paging.page(reading, statement, of.made_at_s, of.id, after=after, most=most)
        return DecisionPage(decisions=tuple(decision_of(row) for row in page.rows), after=page.after)

    def of_account(self, account: str) -> tuple[Decision, ...]:
        """Return all decisions that are or were about an account, by itself or as one of its actor's."""
        with self._database.reading() as reading:
            return of_account(reading, account)

    def _end(
        self,
        decision: str,
        ending: tuple[Status, Status],
        because: str,
        policy: Policy,
        *,
        by: str,
        now_s: float,
    ) -> Decision:
        before, after = ending
        with self._database.writing(by=by, now_s=now_s) as writing:
            found = get(writing, decision)
            _demand(found, before)
            if found.case is not None:
                holding.demand_free(writing, found.case)
            return withdraw(writing, found, after, because, policy, secret=self._database.secret)

    def _change(
        self,
        writing: Writing,
        decision: Decision,
        values: dict[str, object],
        happening: Happening,
        text: str,
    ) -> Decision:
        changed = change(writing, decision, values, happening, text)
        effects.remake_for(writing, [changed], secret=self._database.secret)
        return changed


def make(writing: Writing, draft: Draft, policy: Policy, *, secret: bytes) -> Decision:
    """Write a decision down. Its effects are made by who calls."""
    _check(draft)
    wanted = impacts.decision_from(draft, by=writing.by, now_s=writing.now_s)
    impact = impacts.impact(writing, wanted, secret, now_s=writing.now_s)
    alone = draft.act and (wanted.simulated or not _bulk(writing, wanted, impact, policy))
    decision = msgspec.structs.replace(
        wanted,
        id=fresh("dec-", digits=16),
        status=Status.ACTIVE if alone else Status.PROPOSED,
        reason=kept(draft.reason, "reason"),
        size=len(impact.accounts),
    )
    row = {name: getattr(decision, name) for name in Decision.__struct_fields__ if name != "case"}
    row |= {"case_id": decision.case, "key": draft.key, "begun": decision.starts_at_s <= writing.now_s}
    writing.run(sa.insert(DECISIONS), [row])
    verb = "decided" if alone else "proposed"
    note(writing, decision, Happening(verb), f"{verb}: {_what(decision)}; {impact.sentence()}")
    if not decision.simulated and decision.kind is not Kind.OBSERVE:
        outbox.post(
            writing,
            policy,
            Message(
                event="decision_active" if alone else "decision_proposed",
                title=f"{writing.by} {verb}: {_what(decision)}",
                text=impact.sentence(),
                at_s=writing.now_s,
                case=decision.case,
                decision=decision.id,
            ),
        )
    return decision


def end(writing: Writing, decision: Decision, status: Status, because: str, *, secret: bytes) -> Decision:
    """End a decision before its time, at once, with its effects."""
    values = {
        "status": status,
        "undone_by": writing.by,
        "undone_at_s": writing.now_s,
        "undone_because": kept(because, "reason"),
    }
    text = f"{status}: {_what(decision)}: {values['undone_because']}"
    ended = change(writing, decision, values, Happening(status.value), text)
    if decision.status is Status.ACTIVE:
        effects.remake_for(writing, [ended], secret=secret)
    return ended


def withdraw(
    writing: Writing, decision: Decision, status: Status, because: str, policy: Policy, *, secret: bytes
) -> Decision:
    """Let a person end a decision; the rule that made it leaves the actor alone for a while."""
    ended = end(writing, decision, status, because, secret=secret)
    if decision.rule is not None and policy.cases.snooze_hours > 0:
        snoozes.add(
            writing,
            decision.rule,
            decision.case or decision.subject,
            until_s=writing.now_s + policy.cases.snooze_hours * 3_600.0,
            reason=f"{writing.by} has {status} {decision.id}: {ended.undone_because}"[:1_000],
        )
    return ended


def change(
    writing: Writing, decision: Decision, values: dict[str, object], happening: Happening, text: str
) -> Decision:
    """Change a decision's row, and write that down."""
    writing.run(sa.update(DECISIONS).where(DECISIONS.c.id == decision.id).values(**values))
    changed = get(writing, decision.id)
    note(writing, changed, happening, text)
    return changed


def note(writing: Writing, decision: Decision, happening: Happening, text: str) -> None:
    """Write down what happened to a decision, in the timeline of its case as well."""
    writing.note(happening, text, case=decision.case, about=decision.id, record=decision)


def get(reading: Reading, decision: str) -> Decision:
    """Return a decision, or say that there is none."""
    row = reading.row(sa.select(DECISIONS).where(DECISIONS.c.id == decision))
    if row is None:
        raise NoSuchRecord.of("decision", decision)
    return decision_of(row)


def of_account(reading: Reading, account: str) -> tuple[Decision, ...]:
    """Return all decisions that are or were about an account, the newest first."""
    of = DECISIONS.c
    cases = holding.cases_of(reading, account)
    actor = holding.actor_of(reading, account)
    about = [sa.and_(of.scope == Scope.ACCOUNT, of.subject == account)]
    about.append(sa.and_(of.scope == Scope.ACTOR, among(of.case_id, cases)))
    if actor is not None:
        about.append(sa.and_(of.scope == Scope.ACTOR, of.case_id.is_(None), of.subject == actor))
    rows = reading.rows(sa.select(DECISIONS).where(sa.or_(*about)).order_by(of.made_at_s.desc(), of.id))
    return tuple(decision_of(row) for row in rows)


def standing_for(reading: Reading, cases: Sequence[str], rule: str) -> list[Decision]:
    """Return what a rule has decided or proposed in a case and not ended."""
    of = DECISIONS.c
    rows = reading.rows(
        sa.select(DECISIONS).where(
            of.case_id.in_(cases), of.rule == rule, of.status.in_([Status.ACTIVE, Status.PROPOSED])
        )
    )
    return [decision_of(row) for row in rows]


def _bulk(reading: Reading, decision: Decision, impact: Impact, policy: Policy) -> bool:
    if decision.kind is Kind.OBSERVE or decision.simulated:
        return False
    of = DECISIONS.c
    alone = reading.value(
        sa.select(sa.func.coalesce(sa.func.sum(of.size), 0)).where(
            of.made_by == decision.made_by,
            of.made_at_s > decision.made_at_s - policy.bulk.hours * 3_600.0,
            of.status == Status.ACTIVE,
            of.simulated.is_(False),
            of.kind != Kind.OBSERVE,
            sa.func.coalesce(of.approved_by, of.made_by) == decision.made_by,
        )
    )
    before = 0 if decision.made_by == POLICY else int(alone)
    return is_bulk(impact, policy.bulk, alone_before=before)


def _check(draft: Draft) -> None:
    if not (math.isfinite(draft.hours) and 0 < draft.hours <= LONGEST_HOURS):
        raise BadSetting("a decision holds for more than no time, and at most a year; say --hours")
    if not (math.isfinite(draft.delay_s) and draft.delay_s >= 0):
        raise BadSetting("a decision begins now or later")
    limits = draft.limits
    if draft.kind is Kind.THROTTLE and (limits is None or (limits.rpm is None and limits.tpm is None)):
        raise BadSetting("a throttle needs limits: requests or tokens per minute")
    if draft.mode is Mode.CANARY and not 0 < draft.share <= 1:
        raise BadSetting("a canary is carried out on a share above 0 and at most 1")
    if draft.scope is Scope.END_USER and "/" not in draft.subject:
        raise BadSetting(f"{draft.subject}: name an end user as ACCOUNT/END_USER")
    kept(draft.subject, "subject", most=1_000)


def _demand(decision: Decision, status: Status) -> None:
    if decision.status is not status:
        who = decision.undone_by or decision.approved_by
        by = f", by {who}" if who else ""
        raise NotAsThingsStand(f"{decision.id} is {decision.status}{by}, and not {status}; look at it again")


def _what(decision: Decision) -> str:
    """Say in a few words what a decision does."""
    mode = "" if decision.mode is Mode.LIVE else f" ({decision.mode})"
    hours = (decision.until_s - decision.starts_at_s) / 3_600.0
    rule = f", rule {decision.rule}" if decision.rule else ""
    return f"{decision.kind} {decision.scope} {decision.subject} for {hours:g} hours{mode}{rule}"
