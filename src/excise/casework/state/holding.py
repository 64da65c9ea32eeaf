"""Who holds a case while deciding it, and which case an account is in."""

import sqlalchemy as sa

from excise.casework.case import CaseStatus
from excise.casework.refusals import HeldByAnother, NoSuchRecord, NotAsThingsStand
from excise.casework.state.database import Reading, Row, Writing
from excise.casework.state.tables import CASE_ACCOUNTS, CASES, STANDINGS


def demand(reading: Reading, case: str) -> Row:
    """Return a case's row, or say that there is none."""
    row = reading.row(sa.select(CASES).where(CASES.c.id == case))
    if row is None:
        raise NoSuchRecord.of("case", case)
    return row


def demand_free(writing: Writing, case: str) -> Row:
    """Return the row of a case that nobody else is deciding now, or say who is."""
    row = demand(writing, case)
    held, until_s = row["locked_by"], row["locked_until_s"]
    if held is not None and held != writing.by and until_s > writing.now_s:
        minutes = (until_s - writing.now_s) / 60.0
        raise HeldByAnother(
            f"{case}: {held} is deciding it, for {minutes:.0f} more minutes; ask {held}, or wait until then"
        )
    return row


def demand_alive(row: Row) -> None:
    """Say so where a case is closed or merged."""
    if row["status"] == CaseStatus.MERGED:
        raise NotAsThingsStand(f"{row['id']} was merged into {row['merged_into']}; go on there")
    if row["status"] == CaseStatus.CLOSED:
        raise NotAsThingsStand(f"{row['id']} is closed ({row['outcome']}); reopen it first")


def live_case_of(reading: Reading, account: str) -> str | None:
    """Return the case in which an account is under investigation now."""
    of = CASE_ACCOUNTS.c
    found = reading.value(sa.select(of.case_id).where(of.account == account, of.live))
    return None if found is None else str(found)


def cases_of(reading: Reading, account: str) -> list[str]:
    """Return all cases that an account is or was in."""
    of = CASE_ACCOUNTS.c
    return list(reading.column(sa.select(of.case_id).where(of.account == account).order_by(of.case_id)))


def actor_of(reading: Reading, account: str) -> str | None:
    """Return the actor that an account belongs to."""
    of = STANDINGS.c
    found = reading.value(sa.select(of.actor).where(of.account == account))
    return None if found is None else str(found)
