"""Which accounts a case holds: as linking has them, and as people have put them, who outrank linking.

An account is under investigation in one case at a time.
"""

from collections.abc import Collection

import sqlalchemy as sa

from excise.casework.case import CaseStatus, Happening
from excise.casework.decision import Kind, Scope, Status
from excise.casework.state import effects
from excise.casework.state.among import among
from excise.casework.state.database import Reading, Writing, slices
from excise.casework.state.tables import CASE_ACCOUNTS, CASE_EXPOSURE, CASES, DECISIONS, STANDINGS

ALIVE = (CaseStatus.OPEN, CaseStatus.INVESTIGATING)
_DAY_S = 86_400.0
_MOST_NAMED = 5


def inside(reading: Reading, case: str) -> set[str]:
    """Return the accounts of a case."""
    of = CASE_ACCOUNTS.c
    return set(reading.column(sa.select(of.account).where(of.case_id == case, of.inside)))


def marks(reading: Reading, case: str) -> dict[str, bool]:
    """Return what people have said of accounts: put in (True) or left out (False)."""
    of = CASE_ACCOUNTS.c
    rows = reading.rows(
        sa.select(of.account, of.by_hand)
        .where(of.case_id == case, of.by_hand.is_not(None))
        .order_by(of.account)
    )
    return {row["account"]: row["by_hand"] for row in rows}


def held_elsewhere(reading: Reading, case: str, accounts: Collection[str]) -> set[str]:
    """Return the accounts that a person has put into another case that is alive."""
    of = CASE_ACCOUNTS.c
    held = sa.and_(among(of.account, accounts), of.live, of.by_hand, of.case_id != case)
    return set(reading.column(sa.select(of.account).where(held)))


def follow(writing: Writing, case: str, accounts: Collection[str], *, secret: bytes) -> set[str]:
    """Let a case hold what linking says, but for what people have said; return the accounts that changed."""
    said = marks(writing, case)
    wanted = {account for account in accounts if said.get(account, True)}
    wanted |= {account for account, put in said.items() if put}
    wanted -= held_elsewhere(writing, case, wanted)
    now = inside(writing, case)
    joining, leaving = wanted - now, now - wanted
    admit(writing, case, joining, by_hand=None)
    dismiss(writing, case, leaving, by_hand=None)
    if joining and now:
        writing.note(Happening.JOINED, f"{_named(joining)} joined its actor", case=case)
    if leaving:
        writing.note(Happening.LEFT, f"{_named(leaving)} left its actor", case=case)
    changed = joining | leaving
    if changed and has_decisions(writing, case):
        effects.remake(writing, changed, secret=secret)
    return changed


def has_decisions(reading: Reading, case: str, *, carried_out: bool = False) -> bool:
    """Say whether a decision about an actor holds in a case or in one that was merged into it.

    With ``carried_out``, only those count that a caller notices.
    """
    of = DECISIONS.c
    cases = [case, *effects.merged_into(reading, [case])]
    active = sa.and_(of.case_id.in_(cases), of.status == Status.ACTIVE)
    if carried_out:
        active = sa.and_(active, of.simulated.is_(False), of.kind != Kind.OBSERVE, of.scope == Scope.ACTOR)
    return reading.row(sa.select(of.id).where(active).limit(1)) is not None


def admit(writing: Writing, case: str, accounts: Collection[str], *, by_hand: bool | None) -> set[str]:
    """Put accounts into a case that is alive, out of any other; return the cases that lost some."""
    of = CASE_ACCOUNTS.c
    losing: set[str] = set()
    for part in slices(sorted(accounts)):
        elsewhere = sa.and_(among(of.account, part), of.live, of.case_id != case)
        losing.update(writing.column(sa.select(of.case_id).where(elsewhere).distinct()))
        values = {"inside": False, "live": False, **({"by_hand": False} if by_hand else {})}
        writing.run(sa.update(CASE_ACCOUNTS).where(elsewhere).values(**values))
        writing.put(
            CASE_ACCOUNTS,
            [
                {
                    "case_id": case,
                    "account": account,
                    "inside": True,
                    "live": True,
                    "since_s": writing.now_s,
                    **({} if by_hand is None else {"by_hand": by_hand}),
                }
                for account in part
            ],
        )
    for loser in sorted(losing):
        writing.note(Happening.LEFT, f"accounts of it are now in {case}", case=loser)
        weigh(writing, loser)
    return losing


def dismiss(writing: Writing, case: str, accounts: Collection[str], *, by_hand: bool | None) -> None:
    """Take accounts out of a case."""
    writing.put(
        CASE_ACCOUNTS,
        [
            {
                "case_id": case,
                "account": account,
                "inside": False,
                "live": False,
                "since_s": writing.now_s,
                **({} if by_hand is None else {"by_hand": by_hand}),
            }
            for account in sorted(accounts)
        ],
    )


def weigh(writing: Writing, case: str) -> None:
    """Add up a case's accounts anew: how many, how much they sent, and how that changes."""
    of, member = STANDINGS.c, CASE_ACCOUNTS.c
    held = sa.and_(member.case_id == case, member.inside)
    sums = writing.row(
        sa.select(
            sa.func.count().label("size"),
            sa.func.coalesce(sa.func.sum(sa.case((of.verified, 1), else_=0)), 0).label("verified"),
            sa.func.coalesce(sa.func.sum(of.exchanges), 0).label("exchanges"),
            sa.func.coalesce(sa.func.sum(of.tokens_out), 0).label("tokens_out"),
            sa.func.coalesce(sa.func.max(of.bits), 0.0).label("bits"),
            sa.func.coalesce(sa.func.max(of.rank), 0.0).label("rank"),
        )
        .select_from(CASE_ACCOUNTS.outerjoin(STANDINGS, of.account == member.account))
        .where(held)
    )
    assert sums is not None, "a sum has a row"
    # Of a case that a campaign opened, bits and rank are the campaign's.
    strength = {"bits": float(sums["bits"]), "rank": float(sums["rank"])}
    values = {name: int(value) for name, value in sums.items() if name not in strength}
    day = int(writing.now_s // _DAY_S)
    writing.put(
        CASE_EXPOSURE,
        [
            {
                "case_id": case,
                "day": day,
                "exchanges": values["exchanges"],
                "tokens_out": values["tokens_out"],
            }
        ],
    )
    trend = _trend(writing, case, day, values["exchanges"])
    this = CASES.c.id == case
    writing.run(sa.update(CASES).where(this).values(**values, trend=trend, changed_at_s=writing.now_s))
    writing.run(sa.update(CASES).where(this, CASES.c.campaign.is_(None)).values(**strength))


def _trend(reading: Reading, case: str, day: int, exchanges: int) -> float | None:
    """Return exchanges of seven days over those of the seven before; None while either is unknown or none."""
    of = CASE_EXPOSURE.c

    def at(moment: int) -> int | None:
        statement = sa.select(of.exchanges).where(of.case_id == case, of.day <= moment)
        return reading.value(statement.order_by(of.day.desc()).limit(1))  # type: ignore[no-any-return]

    week, before = at(day - 7), at(day - 14)
    if week is None or before is None or week <= before:
        return None
    return max(exchanges - week, 0) / (week - before)


def _named(accounts: Collection[str]) -> str:
    """Name a few accounts, and count the others.

    >>> _named({"a"}), _named({str(n) for n in range(8)})
    ('1 account (a)', '8 accounts (0, 1, 2, 3, 4 and 3 more)')
    """
    first = sorted(accounts)[:_MOST_NAMED]
    more = len(accounts) - len(first)
    rest = f" and {more:,} more" if more else ""
    return f"{len(accounts):,} account{'s' * (len(accounts) != 1)} ({', '.join(first)}{rest})"
