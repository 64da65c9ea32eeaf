"""The queue: which cases a list holds, and in what order."""

import sqlalchemy as sa

from excise.casework.case import CaseFilter, CaseOrder
from excise.casework.state.tables import CASE_ACCOUNTS, CASES

ORDERS = {
    CaseOrder.CHANGED: CASES.c.changed_at_s,
    CaseOrder.BITS: CASES.c.bits,
    CaseOrder.RANK: CASES.c.rank,
    CaseOrder.SIZE: CASES.c.size,
    CaseOrder.EXCHANGES: CASES.c.exchanges,
}


def selected(asked: CaseFilter) -> sa.Select[tuple[object, ...]]:
    """Return the statement that selects the cases that are asked for."""
    of, member = CASES.c, CASE_ACCOUNTS.c
    statement = sa.select(CASES)
    if asked.status:
        statement = statement.where(of.status.in_(asked.status))
    if asked.assignee is not None:
        statement = statement.where(
            of.assignee == asked.assignee if asked.assignee else of.assignee.is_(None)
        )
    if asked.bits_at_least is not None:
        statement = statement.where(of.bits >= asked.bits_at_least)
    if asked.size_at_least is not None:
        statement = statement.where(of.size >= asked.size_at_least)
    if asked.outcome is not None:
        statement = statement.where(of.outcome == asked.outcome)
    if asked.campaign is not None:
        statement = statement.where(of.campaign == asked.campaign)
    if asked.actor is not None:
        statement = statement.where(of.actor == asked.actor)
    if asked.account is not None:
        held = sa.select(member.case_id).where(member.account == asked.account, member.inside)
        statement = statement.where(of.id.in_(held))
    if asked.text is not None:
        statement = statement.where(of.title.icontains(asked.text, autoescape=True))
    return statement
