"""Exemption: which accounts a programme covers, and how much of what it allows they have taken."""

from collections.abc import Collection, Mapping, Sequence

import msgspec
import sqlalchemy as sa

from excise.casework.programme import Programme, covering
from excise.casework.state.among import among
from excise.casework.state.database import Reading, Row, record_of
from excise.casework.state.tables import PROGRAMME_ACCOUNTS, PROGRAMMES, STANDINGS


def all_of(reading: Reading) -> tuple[Programme, ...]:
    """Return all programmes, by name."""
    accounts: dict[str, list[str]] = {}
    of = PROGRAMME_ACCOUNTS
    for row in reading.rows(sa.select(of.c.programme, of.c.account).order_by(of.c.account)):
        accounts.setdefault(row["programme"], []).append(row["account"])
    rows = reading.rows(sa.select(PROGRAMMES).order_by(PROGRAMMES.c.name))
    return tuple(_programme(row, accounts.get(row["name"], [])) for row in rows)


def covered(reading: Reading, accounts: Collection[str], *, at_s: float) -> dict[str, str]:
    """Return the programme of those accounts, among some, that one covers at a moment."""
    standing, of = STANDINGS.c, PROGRAMME_ACCOUNTS.c
    theirs = sa.and_(among(standing.account, accounts), standing.programme.is_not(None))
    rows = reading.rows(sa.select(standing.account, standing.programme).where(theirs))
    named = {row["account"]: row["programme"] for row in rows}
    listed = reading.row(sa.select(of.account).where(among(of.account, accounts)).limit(1))
    if not named and listed is None:
        return {}
    wanted = set(accounts)
    found = covered_of(reading, named, at_s=at_s)
    return {account: name for account, name in found.items() if account in wanted}


def covered_of(reading: Reading, named: Mapping[str, str], *, at_s: float) -> dict[str, str]:
    """Return the programme of each account that one covers, where the directory has ``named`` some."""
    return covering(all_of(reading), named, at_s=at_s)


def members_of(reading: Reading, name: str) -> set[str]:
    """Return the accounts that a programme lists, and those that the directory gives its name."""
    of = PROGRAMME_ACCOUNTS.c
    found = set(reading.column(sa.select(of.account).where(of.programme == name)))
    standing = STANDINGS.c
    return found | set(reading.column(sa.select(standing.account).where(standing.programme == name)))


def used(reading: Reading, name: str) -> tuple[int, int]:
    """Return what a programme's accounts have taken since it began: exchanges, and tokens out."""
    of = PROGRAMME_ACCOUNTS.c
    before = {
        row["account"]: (row["exchanges_before"], row["tokens_out_before"])
        for row in reading.rows(sa.select(PROGRAMME_ACCOUNTS).where(of.programme == name))
    }
    now = used_by_account(reading, members_of(reading, name))
    exchanges = sum(max(count - before.get(account, (0, 0))[0], 0) for account, (count, _) in now.items())
    tokens = sum(max(count - before.get(account, (0, 0))[1], 0) for account, (_, count) in now.items())
    return exchanges, tokens


def used_by_account(reading: Reading, accounts: Collection[str]) -> dict[str, tuple[int, int]]:
    """Return exchanges and tokens out of each account that has a standing."""
    of = STANDINGS.c
    rows = reading.rows(sa.select(of.account, of.exchanges, of.tokens_out).where(among(of.account, accounts)))
    return {row["account"]: (row["exchanges"], row["tokens_out"]) for row in rows}


def _programme(row: Row, accounts: Sequence[str]) -> Programme:
    return msgspec.structs.replace(record_of(row, Programme), accounts=tuple(accounts))
