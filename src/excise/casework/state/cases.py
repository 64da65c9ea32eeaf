"""Cases in the state: opened, held, discussed, merged, split, closed by people."""

from collections.abc import Collection

import sqlalchemy as sa

from excise.casework.case import (
    Case,
    CaseFilter,
    CasePage,
    CaseStatus,
    Event,
    Happening,
    Outcome,
)
from excise.casework.decision import Status
from excise.casework.policy import Bulk
from excise.casework.policy import Cases as Terms
from excise.casework.refusals import SecondPersonNeeded
from excise.casework.state import agreement, casebook, decisions, effects, holding, membership, paging
from excise.casework.state.database import Database, Writing
from excise.casework.state.queue import ORDERS, selected
from excise.casework.state.tables import CASE_ACCOUNTS, CASES, DECISIONS, LEDGER
from excise.casework.state.texts import kept
from excise.errors import BadSetting


class Cases:
    """The cases of a deployment."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(
        self, title: str, accounts: Collection[str], *, actor: str | None = None, by: str, now_s: float
    ) -> Case:
        """Open a case by hand. Accounts that are under investigation elsewhere move here.

        Raises:
            BadSetting: it has no title or no account.
            HeldByAnother: somebody else is deciding a case that would lose accounts.
        """
        if not accounts:
            raise BadSetting("a case is about accounts; name one at least")
        with self._database.writing(by=by, now_s=now_s) as writing:
            _demand_free_all(writing, accounts)
            case = casebook.begin(writing, kept(title, "title", most=500), campaign=None, actor=actor)
            membership.admit(writing, case, accounts, by_hand=True)
            membership.weigh(writing, case)
            effects.remake(writing, accounts, secret=self._database.secret)
            return casebook.read(writing, case)

    def get(self, case: str) -> Case:
        """Return a case with its accounts.

        Raises:
            NoSuchRecord: there is none.
        """
        with self._database.reading() as reading:
            return casebook.read(reading, case)

    def list(self, asked: CaseFilter, *, after: str | None = None, most: int = 50) -> CasePage:
        """Return a page of cases without their accounts, the most first by what is asked."""
        with self._database.reading() as reading:
            page = paging.page(
                reading, selected(asked), ORDERS[asked.order], CASES.c.id, after=after, most=most
            )
        return CasePage(cases=tuple(casebook.case_of(row) for row in page.rows), after=page.after)

    def count(self, asked: CaseFilter) -> int:
        """Return how many cases a list would hold in all."""
        with self._database.reading() as reading:
            return int(reading.value(sa.select(sa.func.count()).select_from(selected(asked).subquery())))

    def events(self, case: str) -> tuple[Event, ...]:
        """Return the timeline of a case and of those merged into it, the earliest first.

        Raises:
            NoSuchRecord: there is none.
        """
        of = LEDGER.c
        with self._database.reading() as reading:
            holding.demand(reading, case)
            cases = [case, *effects.merged_into(reading, [case])]
            rows = reading.rows(sa.select(LEDGER).where(of.case_id.in_(cases)).order_by(of.sequence))
        known = set(Happening)
        return tuple(
            Event(
                sequence=row["sequence"],
                case=row["case_id"],
                at_s=row["at_s"],
                by=row["by"],
                happening=Happening(row["verb"]),
                text=row["text"],
                about=row["about"],
            )
            for row in rows
            if row["verb"] in known
        )

    def of_campaign(self, campaign: str) -> Case | None:
        """Return the case of a campaign, the one that it lives on in; None where there is none."""
        with self._database.reading() as reading:
            found = casebook.of_campaign(reading, campaign)
            return None if found is None else casebook.read(reading, found)

    def of_account(self, account: str) -> tuple[Case, ...]:
        """Return the cases that an account is or was in, without their accounts."""
        with self._database.reading() as reading:
            ids = holding.cases_of(reading, account)
            rows = reading.rows(
                sa.select(CASES).where(CASES.c.id.in_(ids)).order_by(CASES.c.changed_at_s.desc())
            )
        return tuple(casebook.case_of(row) for row in rows)

    def assign(self, case: str, assignee: str | None, *, by: str, now_s: float) -> Case:
        """Assign a case to somebody, or to nobody.

        Raises:
            NoSuchRecord, NotAsThingsStand, HeldByAnother: it is not there, not open, or held by another.
        """
        with self._database.writing(by=by, now_s=now_s) as writing:
            row = holding.demand_free(writing, case)
            holding.demand_alive(row)
            status = CaseStatus.OPEN if assignee is None else CaseStatus.INVESTIGATING
            text = "assigned to nobody" if assignee is None else f"assigned to {assignee}"
            casebook.put(writing, case, assignee=assignee, status=status)
            writing.note(Happening.ASSIGNED, text, case=case)
            return casebook.read(writing, case)

    def lock(self, case: str, *, terms: Terms = Terms(), by: str, now_s: float) -> Case:  # noqa: B008 - frozen
        """Hold a case while deciding it, or hold it longer; the hold ends by itself.

        Raises:
            HeldByAnother: somebody else holds it.
            NoSuchRecord: there is none.
        """
        with self._database.writing(by=by, now_s=now_s) as writing:
            row = holding.demand_free(writing, case)
            holding.demand_alive(row)
            until_s = now_s + terms.lock_minutes * 60.0
            writing.run(
                sa.update(CASES).where(CASES.c.id == case).values(locked_by=by, locked_until_s=until_s)
            )
            if row["locked_by"] != by or row["locked_until_s"] <= now_s:
                writing.note("held", f"{by} is deciding it", case=case)
            return casebook.read(writing, case)

    def unlock(self, case: str, *, by: str, now_s: float) -> Case:
        """Let go of a case that one holds oneself.

        Raises:
            HeldByAnother: somebody else holds it.
            NoSuchRecord: there is none.
        """
        with self._database.writing(by=by, now_s=now_s) as writing:
            holding.demand_free(writing, case)
            writing.run(
                sa.update(CASES).where(CASES.c.id == case).values(locked_by=None, locked_until_s=None)
            )
            writing.note("let_go", f"{by} is not deciding it any more", case=case)
            return casebook.read(writing, case)

    def comment(self, case: str, text: str, *, by: str, now_s: float) -> Event:
        """Say something about a case. Anybody may, also while another holds it.

        Raises:
            NoSuchRecord: there is no such case.
            BadSetting: it says nothing, or too much.
        """
        with self._database.writing(by=by, now_s=now_s) as writing:
            holding.demand(writing, case)
            entry = writing.note(Happening.COMMENTED, kept(text, "comment"), case=case)
            casebook.put(writing, case)
        return Event(
            sequence=entry.sequence,
            case=case,
            at_s=now_s,
            by=by,
            happening=Happening.COMMENTED,
            text=entry.text,
        )

    def rename(self, case: str, title: str, *, by: str, now_s: float) -> Case:
        """Give a case a title that its campaign does not change any more."""
        with self._database.writing(by=by, now_s=now_s) as writing:
            holding.demand_alive(holding.demand_free(writing, case))
            casebook.put(writing, case, title=kept(title, "title", most=500), titled=True)
            writing.note("renamed", f"is now called: {title}", case=case)
            return casebook.read(writing, case)

    def put_in(
        self,
        case: str,
        accounts: Collection[str],
        *,
        because: str,
        bulk: Bulk = Bulk(),  # noqa: B008 - frozen
        by: str,
        now_s: float,
    ) -> Case:
        """Put accounts into a case by hand; linking does not take them out again.

        Raises:
            SecondPersonNeeded: what was decided in it would hold for as many more as nobody decides alone.
            NoSuchRecord, NotAsThingsStand, HeldByAnother: it, or a case that would lose them, is not there,
                not open, or held by another.
        """
        with self._database.writing(by=by, now_s=now_s) as writing:
            holding.demand_alive(holding.demand_free(writing, case))
            _demand_free_all(writing, accounts)
            new = set(accounts) - membership.inside(writing, case)
            _demand_few(writing, case, len(new), bulk)
            membership.admit(writing, case, accounts, by_hand=True)
            text = f"put in by hand: {', '.join(sorted(accounts))}: {kept(because, 'reason')}"
            writing.note(Happening.JOINED, text, case=case)
            membership.weigh(writing, case)
            effects.remake(writing, accounts, secret=self._database.secret)
            return casebook.read(writing, case)

    def leave_out(self, case: str, accounts: Collection[str], *, because: str, by: str, now_s: float) -> Case:
        """Leave accounts out of a case by hand; linking does not put them in again.

        What was decided about the actor holds for them no longer.

        Raises:
            NoSuchRecord, NotAsThingsStand, HeldByAnother: it is not there, not open, or held by another.
        """
        with self._database.writing(by=by, now_s=now_s) as writing:
            holding.demand_alive(holding.demand_free(writing, case))
            membership.dismiss(writing, case, accounts, by_hand=False)
            text = f"left out by hand: {', '.join(sorted(accounts))}: {kept(because, 'reason')}"
            writing.note(Happening.LEFT, text, case=case)
            membership.weigh(writing, case)
            effects.remake(writing, accounts, secret=self._database.secret)
            return casebook.read(writing, case)

    def merge(
        self,
        case: str,
        into: str,
        *,
        because: str,
        bulk: Bulk = Bulk(),  # noqa: B008 - frozen
        by: str,
        now_s: float,
    ) -> Case:
        """Let a case live on in another, by hand: its accounts stay there, whatever linking says.

        Raises:
            SecondPersonNeeded: what was decided in one would hold for many accounts of the other.
            NoSuchRecord, NotAsThingsStand, HeldByAnother: one of them is not there, not open, or held by
                another.
            BadSetting: they are the same.
        """
        if case == into:
            raise BadSetting(f"{case} cannot live on in itself; name another")
        with self._database.writing(by=by, now_s=now_s) as writing:
            for one in (case, into):
                holding.demand_alive(holding.demand_free(writing, one))
            for one, other in ((case, into), (into, case)):
                _demand_few(writing, one, len(membership.inside(writing, other)), bulk)
            together = casebook.merge(writing, case, into, kept(because, "reason"), by_hand=True)
            effects.remake(writing, together, secret=self._database.secret)
            return casebook.read(writing, into)

    def split(
        self, case: str, accounts: Collection[str], *, title: str, because: str, by: str, now_s: float
    ) -> Case:
        """Make accounts of a case one of their own, by hand; linking does not put them back.

        What was decided about the first case's actor holds for them no longer.

        Raises:
            NoSuchRecord, NotAsThingsStand, HeldByAnother: it is not there, not open, or held by another.
            BadSetting: some are not in it, or none would be left.
        """
        with self._database.writing(by=by, now_s=now_s) as writing:
            holding.demand_alive(holding.demand_free(writing, case))
            there, going = membership.inside(writing, case), set(accounts)
            if not going or not going < there:
                strange = ", ".join(sorted(going - there)[:5])
                why = f"{strange} are not in {case}" if strange else "name some of its accounts, not all"
                raise BadSetting(f"{case} cannot be split so: {why}")
            new = casebook.begin(writing, kept(title, "title", most=500), campaign=None, actor=None)
            membership.admit(writing, new, going, by_hand=True)
            text = f"{len(going):,} accounts are {new} now: {kept(because, 'reason')}"
            writing.note(Happening.SPLIT, text, case=case, about=new)
            writing.note(Happening.SPLIT, f"split off {case}: {because}", case=new, about=case)
            for one in (case, new):
                membership.weigh(writing, one)
            effects.remake(writing, going, secret=self._database.secret)
            return casebook.read(writing, new)

    def close(self, case: str, outcome: Outcome, *, because: str, by: str, now_s: float) -> Case:
        """Close a case with what it came to. Where that is "not harvesting", what was decided is undone.

        Raises:
            NoSuchRecord, NotAsThingsStand, HeldByAnother: it is not there, not open, or held by another.
            BadSetting: it gives no reason.
        """
        with self._database.writing(by=by, now_s=now_s) as writing:
            row = holding.demand_free(writing, case)
            holding.demand_alive(row)
            casebook.put(
                writing,
                case,
                status=CaseStatus.CLOSED,
                outcome=outcome,
                outcome_because=kept(because, "reason"),
                closed_at_s=now_s,
                closed_bits=row["bits"],
                locked_by=None,
                locked_until_s=None,
            )
            writing.run(sa.update(CASE_ACCOUNTS).where(CASE_ACCOUNTS.c.case_id == case).values(live=False))
            agreement.remember(writing, row, outcome)
            writing.note(
                Happening.CLOSED,
                f"{outcome}: {because}",
                case=case,
                about=f"outcome/{case}",
                record={"case": case, "outcome": outcome},
            )
            if outcome is Outcome.NOT_HARVESTING:
                self._undo_all(writing, case)
            return casebook.read(writing, case)

    def reopen(self, case: str, *, because: str, by: str, now_s: float) -> Case:
        """Open a closed case again. Accounts that are under investigation elsewhere stay there.

        Raises:
            NoSuchRecord: there is none.
            NotAsThingsStand: it is not closed.
        """
        with self._database.writing(by=by, now_s=now_s) as writing:
            casebook.reopen(writing, holding.demand(writing, case), kept(because, "reason"))
            return casebook.read(writing, case)

    def _undo_all(self, writing: Writing, case: str) -> None:
        of = DECISIONS.c
        cases = [case, *effects.merged_into(writing, [case])]
        holds = sa.and_(of.case_id.in_(cases), of.status.in_([Status.ACTIVE, Status.PROPOSED]))
        for row in writing.rows(sa.select(DECISIONS).where(holds)):
            decision = effects.decision_of(row)
            status = Status.UNDONE if decision.status is Status.ACTIVE else Status.REFUSED
            because = "the case was closed: not harvesting"
            decisions.end(writing, decision, status, because, secret=self._database.secret)


def _demand_few(writing: Writing, case: str, more: int, bulk: Bulk) -> None:
    """Say so where what was decided in a case would come to hold for many more, by one person alone."""
    if more >= bulk.accounts and membership.has_decisions(writing, case, carried_out=True):
        raise SecondPersonNeeded(
            f"{case}: what was decided in it would hold for {more:,} more accounts; undo it first, and let "
            "it be proposed anew for all of them"
        )


def _demand_free_all(writing: Writing, accounts: Collection[str]) -> None:
    """Say so where another holds a case in which one of the accounts is."""
    for case in {holding.live_case_of(writing, account) for account in accounts} - {None}:
        holding.demand_free(writing, str(case))
