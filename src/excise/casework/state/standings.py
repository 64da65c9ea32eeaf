"""Standings in the state: what detection says of every account, and what follows from a turn of the loop."""

from collections.abc import Collection, Sequence

import msgspec
import sqlalchemy as sa
from msgspec import Struct

from excise.casework.decision import Decision
from excise.casework.policy import Policy
from excise.casework.programme import Programme
from excise.casework.refusals import NoSuchRecord
from excise.casework.standing import Moment, Round, Standing, StandingFilter, StandingOrder, StandingPage
from excise.casework.state import effects, impacts, paging, programmes, ruling
from excise.casework.state.among import among
from excise.casework.state.database import Database, Reading, Row, Writing, record_of, slices
from excise.casework.state.following import Following
from excise.casework.state.tables import ACTORS, CAMPAIGNS, STANDING_HISTORY, STANDINGS
from excise.detection.campaign import Because, Campaign

ALL_TOKENS = "tokens out of all accounts"
ALL_ACCOUNTS = "accounts"
_WORTH_KEEPING_BITS = 1.0

_ORDERS = {
    StandingOrder.RANK: STANDINGS.c.rank,
    StandingOrder.BITS: STANDINGS.c.bits,
    StandingOrder.EXCHANGES: STANDINGS.c.exchanges,
}


class Received(Struct, frozen=True, kw_only=True):
    """What a round led to. The same round a second time leads to nothing."""

    changed_accounts: int
    opened: tuple[str, ...]
    reopened: tuple[str, ...]
    merged: tuple[str, ...]
    changed: tuple[str, ...]
    decisions: tuple[Decision, ...]
    ended_programmes: tuple[Programme, ...]


class Standings:
    """The standings of a deployment."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def receive(self, found: Round, policy: Policy, *, by: str = "loop", now_s: float) -> Received:
        """Take in what a turn of the loop found, all or nothing.

        Standings are replaced, cases open and follow, programmes end whose limits are exceeded, rules propose
        and decide, and effects are made, in that order.
        """
        secret = self._database.secret
        with self._database.writing(by=by, now_s=now_s) as writing:
            moved, turned = _write(writing, found.standings)
            follow = Following(writing, policy, secret=secret)
            follow.campaigns(found.campaigns, found.gone)
            moved_accounts = [standing.account for standing in moved]
            ended = programmes.end_exceeded(writing, moved_accounts, policy, secret=secret)
            effects.remake(writing, turned, secret=secret)
            touched = sorted({*follow.opened, *follow.reopened, *follow.changed})
            made = ruling.rule(writing, touched, policy, secret=secret)
            if moved or touched or follow.merged or ended or made:
                text = (
                    f"{len(moved):,} accounts stand otherwise; {len(follow.opened):,} cases opened, "
                    f"{len(follow.merged):,} merged, {len(made):,} decisions"
                )
                writing.note("judged", text)
        return Received(
            changed_accounts=len(moved),
            opened=tuple(follow.opened),
            reopened=tuple(follow.reopened),
            merged=tuple(follow.merged),
            changed=tuple(follow.changed),
            decisions=made,
            ended_programmes=ended,
        )

    def get(self, account: str) -> Standing | None:
        """Return how an account stands, None where it was never judged."""
        with self._database.reading() as reading:
            rows = reading.rows(_select().where(STANDINGS.c.account == account))
        return _standing(rows[0]) if rows else None

    def of_accounts(self, accounts: Collection[str]) -> tuple[Standing, ...]:
        """Return how some accounts stand, by account; those that were never judged are left out."""
        of = STANDINGS.c
        with self._database.reading() as reading:
            rows = reading.rows(_select().where(among(of.account, accounts)).order_by(of.account))
        return tuple(_standing(row) for row in rows)

    def of_actor(self, actor: str, *, most: int = 10_000) -> tuple[Standing, ...]:
        """Return how the accounts of an actor stand, by account."""
        of = STANDINGS.c
        with self._database.reading() as reading:
            rows = reading.rows(_select().where(of.actor == actor).order_by(of.account).limit(most))
        return tuple(_standing(row) for row in rows)

    def list(self, asked: StandingFilter, *, after: str | None = None, most: int = 50) -> StandingPage:
        """Return a page of standings without their reasons, the most first by what is asked."""
        of = STANDINGS.c
        statement = sa.select(STANDINGS)
        if asked.actor is not None:
            statement = statement.where(of.actor == asked.actor)
        if asked.campaign is not None:
            statement = statement.where(of.campaign == asked.campaign)
        if asked.programme is not None:
            statement = statement.where(of.programme == asked.programme)
        if asked.prefix is not None:
            end = asked.prefix + "\U0010ffff"
            statement = statement.where(of.account >= asked.prefix, of.account < end)
        if asked.bits_at_least is not None:
            statement = statement.where(of.bits >= asked.bits_at_least)
        by_name = asked.order is StandingOrder.ACCOUNT
        order = of.account if by_name else _ORDERS[asked.order]
        with self._database.reading() as reading:
            page = paging.page(
                reading, statement, order, of.account, after=after, most=most, ascending=by_name
            )
        return StandingPage(standings=tuple(_standing(row) for row in page.rows), after=page.after)

    def history(self, account: str, *, most: int = 1_000) -> tuple[Moment, ...]:
        """Return how an account stood before and stands now, the latest first."""
        of = STANDING_HISTORY.c
        with self._database.reading() as reading:
            rows = reading.rows(
                sa.select(STANDING_HISTORY).where(of.account == account).order_by(of.at_s.desc()).limit(most)
            )
        return tuple(record_of(row, Moment) for row in rows)

    def campaign(self, name: str) -> Campaign:
        """Return a campaign as detection last had it.

        Raises:
            NoSuchRecord: there is none.
        """
        with self._database.reading() as reading:
            record = reading.value(sa.select(CAMPAIGNS.c.record).where(CAMPAIGNS.c.name == name))
        if record is None:
            raise NoSuchRecord.of("campaign", name)
        return msgspec.convert(record, Campaign)

    def totals(self) -> tuple[int, int, int]:
        """Return how many accounts there are, and the exchanges and tokens out of them all."""
        with self._database.reading() as reading:
            return totals(reading)


def totals(reading: Reading) -> tuple[int, int, int]:
    """Return how many accounts there are, and the exchanges and tokens out of them all."""
    return (
        reading.counter(ALL_ACCOUNTS),
        reading.counter(impacts.ALL_EXCHANGES),
        reading.counter(ALL_TOKENS),
    )


def _select() -> sa.Select[tuple[object, ...]]:
    return sa.select(STANDINGS, ACTORS.c.because).outerjoin(ACTORS, ACTORS.c.actor == STANDINGS.c.actor)


def _standing(row: Row) -> Standing:
    fields = {str(name): value for name, value in row.items()}
    fields["because"] = fields.get("because") or []
    return msgspec.convert(fields, Standing)


def _write(writing: Writing, standings: Sequence[Standing]) -> tuple[list[Standing], list[str]]:
    """Replace the standings that differ from what is there.

    Returns:
        those, and the accounts whose actor or programme is another now: effects depend on nothing else.
    """
    latest = {standing.account: standing for standing in standings}
    changed: list[Standing] = []
    turned: list[str] = []
    history: list[dict[str, object]] = []
    grown = [0, 0, 0]
    for part in slices(sorted(latest)):
        rows = writing.rows(sa.select(STANDINGS).where(among(STANDINGS.c.account, part)))
        there = {row["account"]: _standing(row) for row in rows}
        for account in part:
            now, before = latest[account], there.get(account)
            if before is not None and before == msgspec.structs.replace(now, because=()):
                continue
            changed.append(now)
            if before is None or (before.actor, before.programme) != (now.actor, now.programme):
                turned.append(account)
            grown[0] += before is None
            grown[1] += now.exchanges - (before.exchanges if before is not None else 0)
            grown[2] += now.tokens_out - (before.tokens_out if before is not None else 0)
            if before is None or _turned(before, now):
                history.append(_moment(now, writing.now_s))
    _write_reasons(writing, latest)
    writing.put(STANDINGS, [_row(standing) for standing in changed])
    writing.put(STANDING_HISTORY, history)
    for name, by in zip((ALL_ACCOUNTS, impacts.ALL_EXCHANGES, ALL_TOKENS), grown, strict=True):
        if by:
            writing.count_up(name, by)
    return changed, turned


def _write_reasons(writing: Writing, latest: dict[str, Standing]) -> None:
    """Keep the reasons once for each actor."""
    because: dict[str, tuple[Because, ...]] = {
        one.actor: one.because for one in latest.values() if one.because
    }
    for part in slices(sorted(because)):
        rows = writing.rows(sa.select(ACTORS).where(among(ACTORS.c.actor, part)))
        there = {row["actor"]: row["because"] for row in rows}
        writing.put(
            ACTORS,
            [
                {"actor": actor, "because": because[actor]}
                for actor in part
                if there.get(actor) != msgspec.to_builtins(because[actor])
            ],
        )


def _turned(before: Standing, now: Standing) -> bool:
    """Say whether a standing changed so much that it is worth remembering."""
    return (
        before.actor != now.actor
        or before.campaign != now.campaign
        or abs(before.bits - now.bits) >= _WORTH_KEEPING_BITS
    )


def _row(standing: Standing) -> dict[str, object]:
    fields = msgspec.structs.asdict(standing)
    del fields["because"]
    return fields


def _moment(standing: Standing, at_s: float) -> dict[str, object]:
    return {
        "account": standing.account,
        "at_s": at_s,
        "actor": standing.actor,
        "bits": standing.bits,
        "rank": standing.rank,
        "campaign": standing.campaign,
    }
