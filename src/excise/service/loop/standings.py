"""Standings of accounts: what a judgement says, and what the accounts have sent within the window."""

from collections.abc import Iterable, Mapping

import pyarrow as pa
import pyarrow.compute as pc
from msgspec import Struct

from excise.casework.standing import Standing
from excise.detection.campaign import Because
from excise.linking.instants import seconds
from excise.store.tables import Asked


class Sent(Struct, frozen=True):
    """What an account sent: exchanges, tokens out, and when the first and the last began (epoch seconds)."""

    exchanges: int
    tokens_out: int
    started_at_s: float
    ended_at_s: float

    def and_(self, more: "Sent") -> "Sent":
        """Return both together.

        >>> Sent(1, 5, 0.0, 0.0).and_(Sent(2, 1, 4.0, 9.0))
        Sent(exchanges=3, tokens_out=6, started_at_s=0.0, ended_at_s=9.0)
        """
        return Sent(
            self.exchanges + more.exchanges,
            self.tokens_out + more.tokens_out,
            min(self.started_at_s, more.started_at_s),
            max(self.ended_at_s, more.ended_at_s),
        )


class Known(Struct, frozen=True):
    """What the account directory says: the customer, whether that was checked, and the programme."""

    verified: bool | None = None
    programme: str | None = None
    organization: str | None = None


class Said(Struct, frozen=True):
    """What is claimed of an actor."""

    actor: str
    bits: float
    rank: float
    campaign: str | None
    because: tuple[Because, ...]


def sent(rows: pa.Table) -> dict[str, Sent]:
    """Count what each account sent.

    Args:
        rows: columns ``account``, ``tokens_out`` and ``started_at``; rows without an account are left out.
    """
    rows = rows.select(["account", "tokens_out", "started_at"])
    counted = rows.group_by("account").aggregate(
        [("started_at", "count"), ("tokens_out", "sum"), ("started_at", "min"), ("started_at", "max")]
    )
    return _by_account(counted, ("started_at_count", "tokens_out_sum", "started_at_min", "started_at_max"))


def sent_in(store: Asked) -> dict[str, Sent]:
    """Count what each account of a store sent, in the store."""
    seen = store.tables.observations
    table = store.run(
        seen.group_by("account").agg(
            n=seen.count(),
            out=seen.tokens_out.sum(),
            first=seen.started_at.min(),
            last=seen.started_at.max(),
        )
    )
    return _by_account(table, ("n", "out", "first", "last"))


def _by_account(counted: pa.Table, columns: tuple[str, str, str, str]) -> dict[str, Sent]:
    """Return what is counted, by account; ``columns`` name exchanges, tokens out, first and last."""
    count, tokens, first, last = columns
    rows = zip(
        counted["account"].to_pylist(),
        counted[count].to_pylist(),
        counted[tokens].to_pylist(),
        seconds(counted[first]).tolist(),
        seconds(counted[last]).tolist(),
        strict=True,
    )
    return {
        account: Sent(int(n), int(out or 0), begun, ended)
        for account, n, out, begun, ended in rows
        if account is not None
    }


def known(directory: pa.Table) -> dict[str, Known]:
    """Return what the account directory says of each account; ``verification`` as in its schema."""
    names = ("account", "verification", "programme", "organization")
    return {
        account: Known(None if checked is None else checked != "none", programme, organization)
        for account, checked, programme, organization in zip(
            *(directory[name].to_pylist() for name in names), strict=True
        )
    }


def standings(
    accounts: Iterable[str], said: Said, sent_by: Mapping[str, Sent], known_of: Mapping[str, Known]
) -> tuple[Standing, ...]:
    """Return how the accounts of an actor stand."""
    return tuple(
        Standing(
            account=account,
            actor=said.actor,
            bits=said.bits,
            rank=said.rank,
            campaign=said.campaign,
            exchanges=sent_by[account].exchanges,
            tokens_out=sent_by[account].tokens_out,
            started_at_s=sent_by[account].started_at_s,
            ended_at_s=sent_by[account].ended_at_s,
            verified=known_of.get(account, Known()).verified,
            programme=known_of.get(account, Known()).programme,
            organization=known_of.get(account, Known()).organization,
            because=said.because,
        )
        for account in accounts
    )


def counts(rows: pa.Table) -> dict[str, int]:
    """Count the rows of each account."""
    counted = pc.value_counts(rows["account"].combine_chunks()).to_pylist()
    return {one["values"]: one["counts"] for one in counted if one["values"] is not None}
