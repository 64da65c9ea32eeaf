"""What happens to a case in a transaction, whoever lets it happen: people, or linking."""

import msgspec
import sqlalchemy as sa

from excise.casework.case import Case, CaseStatus, Happening
from excise.casework.refusals import NotAsThingsStand
from excise.casework.state import agreement, effects, holding, membership
from excise.casework.state.database import Reading, Row, Writing, record_of
from excise.casework.state.tables import CASE_ACCOUNTS, CASE_CAMPAIGNS, CASES
from excise.casework.state.texts import fresh


def begin(writing: Writing, title: str, *, campaign: str | None, actor: str | None) -> str:
    """Write a new case down, without accounts."""
    case = fresh("case-", digits=8)
    empty = dict.fromkeys(("size", "verified", "exchanges", "tokens_out"), 0)
    writing.run(
        sa.insert(CASES),
        [
            {
                "id": case,
                "title": title,
                "titled": campaign is None,
                "status": CaseStatus.OPEN,
                "opened_at_s": writing.now_s,
                "opened_by": writing.by,
                "changed_at_s": writing.now_s,
                "campaign": campaign,
                "actor": actor,
                "bits": 0.0,
                "rank": 0.0,
                **empty,
            }
        ],
    )
    writing.note(Happening.OPENED, title, case=case)
    return case


def merge(writing: Writing, case: str, into: str, because: str, *, by_hand: bool) -> set[str]:
    """Let a case live on in another; return the accounts that are together now.

    What was decided in either holds for all of them: who calls makes their effects anew.
    """
    going = membership.inside(writing, case)
    said = membership.marks(writing, case)
    writing.run(
        sa.update(CASE_ACCOUNTS).where(CASE_ACCOUNTS.c.case_id == case).values(inside=False, live=False)
    )
    hands = going if by_hand else {account for account in going if said.get(account)}
    membership.admit(writing, into, hands, by_hand=True)
    membership.admit(writing, into, going - hands, by_hand=None)
    put(writing, case, status=CaseStatus.MERGED, merged_into=into, locked_by=None, locked_until_s=None)
    writing.note(Happening.MERGED, f"lives on in {into}: {because}", case=case, about=into)
    writing.note(Happening.MERGED, f"{case} was merged into it: {because}", case=into, about=case)
    for one in (case, into):
        membership.weigh(writing, one)
    return membership.inside(writing, into)


def reopen(writing: Writing, row: Row, because: str) -> None:
    """Open a closed case again."""
    case = row["id"]
    if row["status"] != CaseStatus.CLOSED:
        raise NotAsThingsStand(f"{case} is {row['status']}, and not closed; look at it again")
    of = CASE_ACCOUNTS.c
    other = CASE_ACCOUNTS.alias()
    taken = sa.exists().where(other.c.account == of.account, other.c.live)
    mine = sa.and_(of.case_id == case, of.inside)
    writing.run(sa.update(CASE_ACCOUNTS).where(mine, taken).values(inside=False))
    writing.run(sa.update(CASE_ACCOUNTS).where(mine).values(live=True))
    status = CaseStatus.OPEN if row["assignee"] is None else CaseStatus.INVESTIGATING
    put(writing, case, status=status, outcome=None, outcome_because=None, closed_at_s=None, closed_bits=None)
    agreement.forget(writing, case)
    writing.note(Happening.REOPENED, because, case=case)
    membership.weigh(writing, case)


def of_campaign(reading: Reading, campaign: str) -> str | None:
    """Return the case of a campaign, the one that it lives on in."""
    of = CASE_CAMPAIGNS.c
    found = reading.value(sa.select(of.case_id).where(of.campaign == campaign))
    return None if found is None else effects.final(reading, found)


def read(reading: Reading, case: str) -> Case:
    """Return a case with its accounts."""
    found = case_of(holding.demand(reading, case))
    return msgspec.structs.replace(
        found,
        accounts=tuple(sorted(membership.inside(reading, case))),
        by_hand=membership.marks(reading, case),
    )


def case_of(row: Row) -> Case:
    """Return a row as a case without its accounts."""
    return record_of(row, Case)


def put(writing: Writing, case: str, **values: object) -> None:
    """Change a case's row; it has changed now."""
    writing.run(sa.update(CASES).where(CASES.c.id == case).values(changed_at_s=writing.now_s, **values))
