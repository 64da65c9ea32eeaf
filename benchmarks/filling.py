"""A large deployment for the benchmarks of casework and the console: accounts, campaigns, cases, decisions.

Half of the accounts or less are in campaigns. The first campaign is as large as is asked, and hangs together
in a tree, as the graph of the console shows it. All come into the tables in bulk, as if they had been
received long ago.
"""

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

import msgspec
import numpy as np

from excise.casework.policy import Policy
from excise.casework.standing import Round, Standing
from excise.casework.state import State, ruling, tables
from excise.detection.campaign import Because, Campaign
from excise.linking.actor import Link, Strand

NOW_S = 1_790_000_000.0
_STRANDS = (Strand(tie="instruction", block="script", weight=5.0, text="the same instruction"),)
_BECAUSE = tuple(
    Because(signal=f"signal_{n}", weight=2.0 - n, text=f"reason {n}, of the length that one has")
    for n in range(8)
)


class Size(NamedTuple):
    """How large a deployment is: accounts, campaigns, and the accounts of the largest of them."""

    accounts: int = 1_000_000
    campaigns: int = 10_000
    largest: int = 5_000


def name_of(campaign: int) -> str:
    """Return the name of a campaign by its number; that of the largest is 0."""
    return f"campaign-{campaign:08x}"


def campaign(number: int, members: tuple[str, ...], bits: float, links: tuple[Link, ...] = ()) -> Campaign:
    """Return a campaign as detection gives it."""
    return Campaign(
        name=name_of(number),
        actor=f"actor-{number:08x}",
        sentence=f"{len(members):,} accounts act as one and pull reasoning traces",
        accounts=members,
        bits=bits,
        rank=bits * 1.5,
        ceiling_bits=15.0,
        exchanges=900 * len(members),
        tokens_out=900_000 * len(members),
        started_at_s=NOW_S - 9e5,
        ended_at_s=NOW_S,
        because=_BECAUSE,
        links=links,
    )


def fill(state: State, size: Size, draw: np.random.Generator, policy: Policy | None = None) -> Campaign:
    """Fill a state, let a policy rule over its cases, and return the largest campaign."""
    largest = None
    for found in _rounds(size, draw):
        largest = largest or found.campaigns[0]
        _put(state, found, policy)
    assert largest is not None, "there is a campaign"
    return largest


def _sizes(size: Size, draw: np.random.Generator) -> list[int]:
    """One large campaign, and many small ones; at most half of all accounts."""
    rest = draw.geometric(0.04, size.campaigns - 1)
    most = size.accounts // 2 - size.largest
    if rest.sum() > most:
        rest = np.maximum(rest * most // rest.sum(), 1)
    return [size.largest, *map(int, rest)]


def _tree(members: tuple[str, ...], draw: np.random.Generator) -> tuple[Link, ...]:
    return tuple(
        Link(one=members[int(draw.integers(0, place))], other=members[place], weight=5.0, strands=_STRANDS)
        for place in range(1, len(members))
    )


def _standing(account: str, actor: str, of: Campaign | None, draw: np.random.Generator) -> Standing:
    """Return an account as the loop gives it; four accounts or so belong to one customer."""
    return Standing(
        account=account,
        actor=actor,
        bits=of.bits if of else 0.0,
        rank=of.rank if of else float(draw.normal(-5, 2)),
        campaign=of.name if of else None,
        exchanges=int(draw.integers(1, 5_000)),
        tokens_out=int(draw.integers(1, 5_000_000)),
        started_at_s=NOW_S - 9e5,
        ended_at_s=NOW_S,
        verified=bool(draw.integers(0, 2)),
        organization=f"org_{draw.integers(0, 250_000):06x}",
        because=of.because if of else (),
    )


def _rounds(size: Size, draw: np.random.Generator) -> Iterator[Round]:
    """Yield all there is, in rounds of twenty thousand accounts or so."""
    names = iter(f"acct_{n:08x}" for n in draw.permutation(size.accounts))
    found: list[Campaign] = []
    standings: list[Standing] = []
    for number, count in enumerate(_sizes(size, draw)):
        members = tuple(sorted(islice(names, count)))
        bits = 14.95 if number == 0 else float(np.round(draw.uniform(8, 14.8), 3))
        one = campaign(number, members, bits, () if number else _tree(members, draw))
        found.append(one)
        standings += [_standing(account, one.actor, one, draw) for account in one.accounts]
        if len(standings) > 20_000:
            yield Round(at_s=NOW_S, standings=tuple(standings), campaigns=tuple(found))
            found, standings = [], []
    while rest := list(islice(names, 20_000 - len(standings))):
        standings += [_standing(account, f"actor-{account}", None, draw) for account in rest]
        yield Round(at_s=NOW_S, standings=tuple(standings), campaigns=tuple(found))
        found, standings = [], []


def _put(state: State, found: Round, policy: Policy | None) -> None:
    """Put a round into the tables in bulk."""
    cases: list[dict[str, object]] = []
    held, named = [], []
    by_campaign: dict[str, list[Standing]] = {}
    for one in found.standings:
        by_campaign.setdefault(one.campaign or "", []).append(one)
    for its in found.campaigns:
        mine = by_campaign[its.name]
        case = _case(its, mine)
        cases.append(case)
        named.append({"campaign": its.name, "case_id": case["id"]})
        held += [
            {"case_id": case["id"], "account": name, "inside": True, "live": True, "since_s": NOW_S}
            for name in its.accounts
        ]
    rows = [msgspec.structs.asdict(one) for one in found.standings]
    actors = {row["actor"]: row.pop("because") for row in rows}
    with state.database.writing(by="bench", now_s=NOW_S) as writing:
        writing.put(tables.STANDINGS, rows)
        writing.put(tables.ACTORS, [{"actor": actor, "because": why} for actor, why in actors.items() if why])
        writing.put(
            tables.CAMPAIGNS,
            [
                {"name": one.name, "actor": one.actor, "at_s": NOW_S, "gone_at_s": None, "record": one}
                for one in found.campaigns
            ],
        )
        writing.put(tables.CASES, cases)
        writing.put(tables.CASE_CAMPAIGNS, named)
        writing.put(tables.CASE_ACCOUNTS, held)
        for row in cases:
            writing.note("opened", str(row["title"]), case=str(row["id"]))
        writing.count_up("accounts", len(rows))
        writing.count_up("exchanges of all accounts", sum(row["exchanges"] for row in rows))
        if policy is not None:
            ruling.rule(writing, [str(row["id"]) for row in cases], policy, secret=bytes(32))


def _case(of: Campaign, members: list[Standing]) -> dict[str, object]:
    return {
        "id": f"case-{of.name[-8:]}",
        "title": of.sentence,
        "titled": False,
        "status": "open",
        "opened_at_s": NOW_S,
        "opened_by": "loop",
        "changed_at_s": NOW_S - len(members),
        "campaign": of.name,
        "actor": of.actor,
        "size": len(members),
        "verified": sum(member.verified is True for member in members),
        "bits": of.bits,
        "rank": of.rank,
        "exchanges": sum(member.exchanges for member in members),
        "tokens_out": sum(member.tokens_out for member in members),
    }
