"""Explaining: what the policy makes of one account now, and why; nothing is changed by asking."""

import sqlalchemy as sa
from msgspec import Struct

from excise.casework.case import Case
from excise.casework.decision import Decision, Effect, Scope
from excise.casework.policy import Policy
from excise.casework.programme import Programme
from excise.casework.standing import Standing
from excise.casework.state import holding, ruling
from excise.casework.state.opening import State
from excise.casework.state.ruling import Explained
from excise.casework.state.tables import CASES


class Explanation(Struct, frozen=True, kw_only=True):
    """How an account stands, which rules match and why not, and what holds for it.

    ``rules`` is empty where the account is in no case that is alive: rules look at cases.
    """

    account: str
    standing: Standing | None
    case: Case | None
    rules: tuple[Explained, ...]
    programme: Programme | None
    effects: tuple[Effect, ...]
    decisions: tuple[Decision, ...]


def explain(state: State, account: str, policy: Policy, *, now_s: float) -> Explanation:
    """Say what the policy makes of an account now."""
    with state.database.reading() as reading:
        case = holding.live_case_of(reading, account)
        row = reading.row(sa.select(CASES).where(CASES.c.id == case)) if case is not None else None
        rules = ruling.explain(reading, row, policy, now_s=now_s) if row is not None else ()
    return Explanation(
        account=account,
        standing=state.standings.get(account),
        case=state.cases.get(case) if case is not None else None,
        rules=rules,
        programme=state.programmes.covering(account, now_s),
        effects=state.effects.current(Scope.ACCOUNT, account),
        decisions=state.decisions.of_account(account),
    )
