"""Appeals: what a blocked customer answers. Its text is a stranger's, and stands in the case as one.

A caller is told a reference with the decision. Whoever sends it back with a text has appealed; a wrong
reference gets the same answer, so that nobody learns which there are.
"""

import msgspec
import sqlalchemy as sa
from msgspec import Struct

from excise.casework.case import Happening
from excise.casework.decision import Status
from excise.casework.policy import Policy
from excise.casework.refusals import NoSuchRecord, NotAsThingsStand
from excise.casework.state import decisions, holding, outbox
from excise.casework.state.database import Database, Row, record_of
from excise.casework.state.outbox import Message
from excise.casework.state.tables import APPEALS, DECISIONS
from excise.casework.state.texts import cut, fresh, kept

MOST_TEXT = 4_000
MOST_CONTACT = 200
_HOUR_S = 3_600.0
_DAY_S = 86_400.0


class Appeal(Struct, frozen=True, kw_only=True):
    """One appeal. ``granted`` is None while nobody has answered."""

    id: str
    decision: str
    at_s: float
    text: str
    case: str | None = None
    contact: str | None = None
    answer: str | None = None
    answered_by: str | None = None
    answered_at_s: float | None = None
    granted: bool | None = None


class Appeals:
    """The appeals of a deployment."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def receive(
        self, reference: str, text: str, *, contact: str | None = None, policy: Policy, now_s: float
    ) -> Appeal | None:
        """Take in an appeal; None where the reference is wrong or too many came. Tell the sender neither.

        Args:
            reference: as the caller was told: the id of a decision that was carried out.
            text: a stranger's; what is too long is cut.
            contact: where an answer reaches the sender.
            policy: how many are taken, and who is told.
            now_s: epoch seconds.
        """
        said = cut(text, most=MOST_TEXT)
        of = APPEALS.c
        # Most wrong references end here, without a lock and without a trace.
        with self._database.reading() as reading:
            known = sa.select(DECISIONS.c.id).where(
                DECISIONS.c.id == reference[:64],
                DECISIONS.c.simulated.is_(False),
                DECISIONS.c.status != Status.PROPOSED,
                DECISIONS.c.status != Status.REFUSED,
            )
            if not said or reading.row(known) is None:
                return None
        with self._database.writing(by="appellant", now_s=now_s) as writing:
            count = sa.select(sa.func.count()).select_from(APPEALS)
            today = writing.value(count.where(of.decision == reference, of.at_s > now_s - _DAY_S))
            lately = writing.value(count.where(of.at_s > now_s - _HOUR_S))
            if today >= policy.appeals.a_day or lately >= policy.appeals.an_hour:
                return None
            decision = decisions.get(writing, reference)
            appeal = Appeal(
                id=fresh("appeal-", digits=12),
                decision=decision.id,
                at_s=now_s,
                text=said,
                case=decision.case,
                contact=cut(contact, most=MOST_CONTACT) or None if contact else None,
            )
            row = {name: getattr(appeal, name) for name in Appeal.__struct_fields__ if name != "case"}
            writing.run(sa.insert(APPEALS), [row | {"case_id": appeal.case}])
            writing.note(
                Happening.APPEALED,
                f"an appeal against {decision.id} ({len(said):,} characters)",
                case=appeal.case,
                about=appeal.id,
                record=appeal,
            )
            outbox.post(
                writing,
                policy,
                Message(
                    event="appeal",
                    title=f"an appeal against {decision.kind} of {decision.scope} {decision.subject}",
                    text=f"read it in the case: {appeal.id}",
                    at_s=now_s,
                    case=appeal.case,
                    decision=decision.id,
                ),
            )
        return appeal

    def answer(
        self, appeal: str, text: str, *, granted: bool, policy: Policy, by: str, now_s: float
    ) -> Appeal:
        """Answer an appeal; one that is granted undoes its decision, at once.

        Raises:
            NoSuchRecord: there is none.
            NotAsThingsStand: it was answered.
            HeldByAnother: somebody else is deciding its case.
        """
        of = APPEALS.c
        with self._database.writing(by=by, now_s=now_s) as writing:
            row = writing.row(sa.select(APPEALS).where(of.id == appeal))
            if row is None:
                raise NoSuchRecord.of("appeal", appeal)
            if row["answered_at_s"] is not None:
                raise NotAsThingsStand(f"{appeal}: {row['answered_by']} has answered it; look at it again")
            if row["case_id"] is not None:
                holding.demand_free(writing, row["case_id"])
            answered = msgspec.structs.replace(
                _appeal(row),
                answer=kept(text, "answer"),
                answered_by=by,
                answered_at_s=now_s,
                granted=granted,
            )
            fields = ("answer", "answered_by", "answered_at_s", "granted")
            values = {name: getattr(answered, name) for name in fields}
            writing.run(sa.update(APPEALS).where(of.id == appeal).values(**values))
            how = "granted" if granted else "not granted"
            writing.note(
                Happening.ANSWERED,
                f"{how}: {answered.answer}",
                case=answered.case,
                about=appeal,
                record=answered,
            )
            decision = decisions.get(writing, answered.decision)
            if granted and decision.status is Status.ACTIVE:
                because = f"{appeal} was granted: {answered.answer}"[:1_000]
                decisions.withdraw(
                    writing, decision, Status.UNDONE, because, policy, secret=self._database.secret
                )
        return answered

    def get(self, appeal: str) -> Appeal:
        """Return an appeal.

        Raises:
            NoSuchRecord: there is none.
        """
        with self._database.reading() as reading:
            row = reading.row(sa.select(APPEALS).where(APPEALS.c.id == appeal))
        if row is None:
            raise NoSuchRecord.of("appeal", appeal)
        return _appeal(row)

    def of_case(self, case: str) -> tuple[Appeal, ...]:
        """Return the appeals in a case, the latest first."""
        of = APPEALS.c
        with self._database.reading() as reading:
            rows = reading.rows(sa.select(APPEALS).where(of.case_id == case).order_by(of.at_s.desc(), of.id))
        return tuple(_appeal(row) for row in rows)

    def open(self, *, most: int = 100) -> tuple[Appeal, ...]:
        """Return the appeals that nobody has answered, the earliest first."""
        of = APPEALS.c
        statement = sa.select(APPEALS).where(of.answered_at_s.is_(None)).order_by(of.at_s, of.id)
        with self._database.reading() as reading:
            rows = reading.rows(statement.limit(most))
        return tuple(_appeal(row) for row in rows)


def _appeal(row: Row) -> Appeal:
    return record_of(row, Appeal, case="case_id")
