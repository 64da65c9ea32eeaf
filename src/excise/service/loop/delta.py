"""A judgement between two of everything: the actors that grew, and who may belong to them.

They are judged among the accounts that share something rare with them, and a panel of ordinary accounts. How
rare a value is gets counted among all accounts all the same (``excise.linking.census``), and how high the log
ranks is known from the last judgement of everything.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from msgspec import Struct
from numpy.typing import NDArray

from excise.detection.judge import Judgement, judge
from excise.linking.link import ties
from excise.linking.ties import SharedValue
from excise.service.loop.runs import Runs
from excise.service.loop.surroundings import Surroundings
from excise.service.loop.who import Who, value_keys
from excise.service.loop.whole import Settings, floor_us
from excise.store.portion import Portion

F64 = NDArray[np.float64]

MOST_ACCOUNTS = 300
MOST_ROWS = 20_000
LARGEST_ACTOR = 100
"""What a turn takes on; an actor with more accounts, or rows, waits for the judgement of everything."""

_NEAR = 200
_COMPANY = 24


class Chosen(Struct, frozen=True):
    """What a turn takes on: the owners that are due, all their accounts, the rows of these, and who waits."""

    owners: list[str]
    accounts: list[str]
    rows: pa.Table
    too_large: list[str]


class Group(Struct, frozen=True):
    """Accounts that are one actor now. ``row`` is its row in the judgement.

    ``before`` are the accounts that stood for the owners of its accounts until now.

    Of one that is too large to be judged again in a turn only some accounts were looked at: ``joins`` names
    the account that stands for it, and ``accounts`` are those that join it; ``row`` is meaningless then.
    """

    accounts: list[str]
    row: int
    before: tuple[str, ...]
    joins: str | None = None


class Again(Struct, frozen=True):
    """What a turn judged."""

    judgement: Judgement
    groups: list[Group]
    rows: pa.Table


def choose(runs: Runs, who: Who, waiting: Sequence[str], *, now_s: float, settings: Settings) -> Chosen:
    """Take on as many of the owners that wait as fit into a turn, in their order; at least one."""
    owners: list[str] = []
    accounts: list[str] = []
    too_large: list[str] = []
    parts: list[pa.Table] = []
    held = 0
    for owner in waiting:
        mates = who.mates(owner)
        rows = since(runs.of(mates), floor_us(now_s, settings)) if len(mates) <= LARGEST_ACTOR else None
        if rows is None or rows.num_rows > MOST_ROWS:
            too_large.append(owner)
            continue
        if owners and (len(accounts) + len(mates) > MOST_ACCOUNTS or held + rows.num_rows > MOST_ROWS):
            break
        owners.append(owner)
        accounts += mates
        parts.append(rows)
        held += rows.num_rows
    return Chosen(owners, accounts, pa.concat_tables(parts) if parts else runs.of(()), too_large)


def judge_again(
    portion: Portion,
    runs: Runs,
    who: Who,
    chosen: Chosen,
    surroundings: Surroundings,
    *,
    now_s: float,
    settings: Settings,
) -> Again:
    """Judge the chosen accounts, and remember in ``who`` what they carry and whose they are."""
    focus = set(chosen.accounts)
    surroundings.fill(portion, chosen.rows, focus)
    carried = carried_by(portion)
    for account, keys in carried.items():
        who.carry(account, keys)
    every = np.unique(np.concatenate([np.zeros(0, np.uint64), *(_u64(keys) for keys in carried.values())]))
    company: set[str] = set()
    for account in who.near(focus, every, most=_NEAR):
        mates = who.mates(account)
        company |= {account} if len(mates) > _COMPANY else set(mates)
    company -= focus
    panel = surroundings.panel - focus - company
    beside = since(runs.of(sorted(company)), floor_us(now_s, settings))
    rows = pa.concat_tables([chosen.rows, beside, surroundings.rows_of(panel)])
    surroundings.fill(portion, rows, focus | company | panel)
    judgement = judge(
        portion,
        seed=settings.seed,
        settings=settings.detection,
        census=who,
        others=surroundings.ranks,
    )
    groups = _groups(judgement, who, focus, set(judgement.linking.evidence.accounts.to_pylist()))
    for group in groups:
        who.join(group.accounts, group.joins or group.accounts[0])
    return Again(judgement, groups, rows)


def since(rows: pa.Table, floor: int) -> pa.Table:
    """Leave out the rows that began before a time (epoch microseconds)."""
    return rows.filter(pc.greater_equal(rows["started_at"].cast(pa.int64()), floor))


def carried_by(portion: Portion) -> dict[str, list[int]]:
    """Return the keys of the values that each account carries."""
    found: dict[str, list[int]] = {}
    for name, tie in ties().items():
        if isinstance(tie, SharedValue):
            table = portion.run(tie.carriers(portion.tables))
            values = table["value"].combine_chunks().dictionary_encode()
            keys = value_keys(name, values.dictionary)[values.indices.to_numpy()]
            for account, key in zip(table["account"].to_pylist(), keys.tolist(), strict=True):
                found.setdefault(account, []).append(key)
    return {account: keys for account, keys in found.items() if account is not None}


def _groups(judgement: Judgement, who: Who, focus: set[str], looked_at: set[str]) -> list[Group]:
    """Return the actors that hold a focus account, or an account that was of one owner with theirs."""
    row_of = {account: row for row in range(len(judgement.actors)) for account in judgement.accounts(row)}
    rows = {row_of[account] for account in focus if account in row_of}
    mates = {mate for row in rows for account in judgement.accounts(row) for mate in who.mates(account)}
    rows |= {row_of[mate] for mate in mates & looked_at}
    found = []
    for row in sorted(rows):
        accounts = sorted(judgement.accounts(row))
        partial = [account for account in accounts if not looked_at.issuperset(who.mates(account))]
        if not partial:
            found.append(Group(accounts, row, _owners(who, accounts)))
            continue
        owners = [who.owner(account) for account in partial]
        stands = max(sorted(set(owners)), key=owners.count)
        joining = [account for account in accounts if account not in partial]
        if joining:
            found.append(Group(joining, row, _owners(who, joining), joins=stands))
    return found


def _owners(who: Who, accounts: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({who.owner(account) for account in accounts}))


def _u64(keys: Iterable[int]) -> NDArray[np.uint64]:
    return np.array(list(keys), dtype=np.uint64)
