"""How long the state takes to answer with a million accounts and ten thousand campaigns in it, on SQLite.

    python benchmarks/casework.py [--accounts 1000000] [--campaigns 10000] [--seed 1]

One campaign has five thousand accounts. Times are of calls as the console makes them, in milliseconds.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import msgspec
import numpy as np

from excise.casework.case import CaseFilter, CaseOrder
from excise.casework.decision import DecisionFilter, Draft, Kind, Scope
from excise.casework.policy import Policy, parse
from excise.casework.standing import Round, Standing, StandingFilter, StandingOrder
from excise.casework.state import State, tables
from excise.detection.campaign import Because, Campaign

NOW_S = 1_790_000_000.0
LARGEST = 5_000
CALLS = 100
BECAUSE = tuple(
    Because(signal=f"signal_{n}", weight=2.0 - n, text=f"reason {n}, of the length that one has")
    for n in range(8)
)
BLOCKING = parse(
    "[rules.b]\naction='block'\nbits_at_least=14.9\nhours=48\nmode='live'\ntake='act'\n"
    "[bulk]\naccounts=1_000_000\ntraffic_share=1.0",
    place="bench",
)


def sizes(accounts: int, campaigns: int, draw: np.random.Generator) -> list[int]:
    """One large campaign, and many small ones; at most half of all accounts."""
    rest = draw.geometric(0.04, campaigns - 1)
    most = accounts // 2 - LARGEST
    if rest.sum() > most:
        rest = np.maximum(rest * most // rest.sum(), 1)
    return [LARGEST, *map(int, rest)]


def campaign(number: int, members: tuple[str, ...], bits: float) -> Campaign:
    """A campaign as detection gives it."""
    return Campaign(
        name=f"campaign-{number:08x}",
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
        because=BECAUSE,
        links=(),
    )


def standing(account: str, actor: str, of: Campaign | None, draw: np.random.Generator) -> Standing:
    """An account as the loop gives it."""
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
        because=of.because if of else (),
    )


def rounds(accounts: int, campaigns: int, draw: np.random.Generator) -> Iterator[Round]:
    """All there is, in rounds of twenty thousand accounts or so."""
    names = iter(f"acct_{n:08x}" for n in draw.permutation(accounts))
    found, standings = [], []
    for number, size in enumerate(sizes(accounts, campaigns, draw)):
        bits = 14.95 if number == 0 else float(np.round(draw.uniform(8, 14.8), 3))
        one = campaign(number, tuple(sorted(islice(names, size))), bits)
        found.append(one)
        standings += [standing(account, one.actor, one, draw) for account in one.accounts]
        if len(standings) > 20_000:
            yield Round(at_s=NOW_S, standings=tuple(standings), campaigns=tuple(found))
            found, standings = [], []
    while rest := list(islice(names, 20_000 - len(standings))):
        standings += [standing(account, f"actor-{account}", None, draw) for account in rest]
        yield Round(at_s=NOW_S, standings=tuple(standings), campaigns=tuple(found))
        found, standings = [], []


def fill(state: State, found: Round) -> None:
    """Put a round into the tables in bulk, as if it had been received long ago."""
    cases, held, named = [], [], []
    by_campaign: dict[str, list[Standing]] = {}
    for one in found.standings:
        by_campaign.setdefault(one.campaign or "", []).append(one)
    for one in found.campaigns:
        case = f"case-{one.name[-8:]}"
        mine = by_campaign[one.name]
        cases.append(
            {
                "id": case,
                "title": one.sentence,
                "titled": False,
                "status": "open",
                "opened_at_s": NOW_S,
                "opened_by": "loop",
                "changed_at_s": NOW_S - len(mine),
                "campaign": one.name,
                "actor": one.actor,
                "size": len(mine),
                "verified": sum(member.verified is True for member in mine),
                "bits": one.bits,
                "rank": one.rank,
                "exchanges": sum(member.exchanges for member in mine),
                "tokens_out": sum(member.tokens_out for member in mine),
            }
        )
        named.append({"campaign": one.name, "case_id": case})
        held += [
            {"case_id": case, "account": name, "inside": True, "live": True, "since_s": NOW_S}
            for name in one.accounts
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
        for one in cases:
            writing.note("opened", one["title"], case=one["id"])
        writing.count_up("accounts", len(rows))
        writing.count_up("exchanges of all accounts", sum(row["exchanges"] for row in rows))


def measure(name: str, call: Callable[[int], object], calls: int = CALLS) -> None:
    """Print how long a call takes: median, 95th percentile, longest."""
    times = []
    for number in range(calls):
        began = time.perf_counter()
        call(number)
        times.append((time.perf_counter() - began) * 1e3)
    low, high = np.percentile(times, [50, 95])
    print(f"{name:52} {low:9.1f} {high:9.1f} {max(times):9.1f}  n={calls}", flush=True)


def ask(state: State, accounts: list[str], largest: str, policy: Policy) -> None:
    """Measure what the console and the loop ask."""
    print(f"{'':52} {'p50 ms':>9} {'p95 ms':>9} {'max ms':>9}")
    for order in CaseOrder:
        measure(f"cases by {order}, first page", lambda _, by=order: state.cases.list(CaseFilter(order=by)))
    place = [None]

    def next_page(_: int) -> None:
        place[0] = state.cases.list(CaseFilter(), after=place[0]).after

    measure("cases by bits, page after page", next_page)
    measure("cases whose title holds a word", lambda _: state.cases.list(CaseFilter(text="12 accounts")))
    measure("cases of nobody, 12 bits and 50 accounts", lambda _: state.cases.list(
        CaseFilter(assignee="", bits_at_least=12.0, size_at_least=50)))  # fmt: skip
    measure("count of cases", lambda _: state.cases.count(CaseFilter(bits_at_least=10.0)))
    measure("cases of an account", lambda n: state.cases.of_account(accounts[n]))
    measure(f"a case of {LARGEST:,} accounts", lambda _: state.cases.get(largest))
    measure("its events", lambda _: state.cases.events(largest))
    for order in StandingOrder:
        asked = StandingFilter(order=order)
        measure(f"standings by {order}, first page", lambda _, by=asked: state.standings.list(by))
    spot = [None]

    def next_standings(_: int) -> None:
        spot[0] = state.standings.list(StandingFilter(), after=spot[0], most=1_000).after

    measure("standings by rank, 1,000 at a time, page after page", next_standings)
    measure("standings that begin with a text", lambda n: state.standings.list(
        StandingFilter(prefix=accounts[n][:9], order=StandingOrder.ACCOUNT)))  # fmt: skip
    measure("an account with its reasons", lambda n: state.standings.get(accounts[n]))
    measure("decisions of an account", lambda n: state.decisions.of_account(accounts[n]))
    measure("decisions, first page", lambda _: state.decisions.list(DecisionFilter()))
    actor = state.cases.get(largest).actor or ""
    draft = Draft(
        kind=Kind.BLOCK,
        scope=Scope.ACTOR,
        subject=actor,
        case=largest,
        reason="r",
        reason_code="c",
        hours=2.0,
    )
    measure(f"impact of blocking {LARGEST:,} accounts", lambda _: state.impacts.of(draft, now_s=NOW_S), 20)

    def decide(number: int) -> None:
        made = state.decisions.propose(draft, policy=policy, by=f"p{number}", now_s=NOW_S)
        state.decisions.approve(made.id, policy=policy, by="bob", now_s=NOW_S)
        state.decisions.undo(made.id, because="b", policy=policy, by="bob", now_s=NOW_S)

    measure(f"propose, approve and undo for {LARGEST:,} accounts", decide, 10)
    measure("effects since the last change", lambda _: state.effects.since(state.effects.sequence()))
    measure("effects, all", lambda _: state.effects.since(0), 20)

    def turn(number: int) -> None:
        moved = [state.standings.get(account) for account in accounts[number * 200 : number * 200 + 200]]
        grown = tuple(msgspec.structs.replace(one, exchanges=one.exchanges + 1) for one in moved if one)
        state.standings.receive(
            Round(at_s=NOW_S, standings=grown, campaigns=()), policy, now_s=NOW_S + number
        )

    measure("a round of 200 accounts (and reading them)", turn, 20)

    def opens(number: int) -> None:
        members = tuple(accounts[4_000 + number * 20 : 4_020 + number * 20])
        new = campaign(1_000_000 + number, members, 9.0)
        moved = [state.standings.get(account) for account in members]
        stand = tuple(
            msgspec.structs.replace(one, actor=new.actor, campaign=new.name, bits=9.0) for one in moved if one
        )
        found = Round(at_s=NOW_S, standings=stand, campaigns=(new,))
        state.standings.receive(found, policy, now_s=NOW_S + number)

    measure("a round with a new campaign of 20 accounts", opens, 20)


def main() -> None:
    """Fill a state, and ask it."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--accounts", type=int, default=1_000_000)
    options.add_argument("--campaigns", type=int, default=10_000)
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    draw = np.random.default_rng(given.seed)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "excise.db"
        with State.open(path, secret=bytes(32), now_s=NOW_S) as state:
            began = time.perf_counter()
            for one in rounds(given.accounts, given.campaigns, draw):
                fill(state, one)
            took_s = time.perf_counter() - began
            count = state.standings.totals()[0]
            size_mb = path.stat().st_size / 1e6
            print(
                f"{count:,} accounts and {given.campaigns:,} campaigns put in in {took_s:.0f} s "
                f"({count / took_s:,.0f} accounts/s), {size_mb:,.0f} MB, seed {given.seed}",
                flush=True,
            )
            page = state.cases.list(CaseFilter(order=CaseOrder.SIZE), most=1)
            accounts = [f"acct_{n:08x}" for n in draw.permutation(given.accounts)[:5_000]]
            ask(state, accounts, page.cases[0].id, BLOCKING)


if __name__ == "__main__":
    main()
