"""How long the state takes to answer with a million accounts and ten thousand campaigns in it.

    python benchmarks/casework.py --date 2026-11-24 --out docs/measured/casework.json
    python benchmarks/casework.py --date 2026-11-24 --out docs/measured/casework.json --database postgresql://…

The first measures on SQLite, the second on PostgreSQL. One campaign has five thousand accounts. Times are of
calls as the console and the loop make them, in milliseconds.
"""

import argparse
import contextlib
import json
import os
import platform
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import filling
import msgspec
import numpy as np

from excise.casework.case import CaseFilter, CaseOrder
from excise.casework.decision import DecisionFilter, Draft, Kind, Scope
from excise.casework.policy import Policy, parse
from excise.casework.standing import Round, StandingFilter, StandingOrder
from excise.casework.state import State

NOW_S = filling.NOW_S
CALLS = 100
BLOCKING = parse(
    "[rules.b]\naction='block'\nbits_at_least=14.9\nhours=48\nmode='live'\ntake='act'\n"
    "[bulk]\naccounts=1_000_000\ntraffic_share=1.0",
    place="bench",
)


class Clock:
    """Takes the time of calls, by name."""

    def __init__(self) -> None:
        self._ms: dict[str, list[float]] = {}

    @contextlib.contextmanager
    def time(self, name: str) -> Iterator[None]:
        """Take the time of what is done inside."""
        began = time.perf_counter()
        yield
        self._ms.setdefault(name, []).append((time.perf_counter() - began) * 1e3)

    def measure(self, name: str, call: Callable[[int], object], calls: int = CALLS) -> None:
        """Take the time of some calls, each with its number."""
        for number in range(calls):
            with self.time(name):
                call(number)
        print(f"{name:56} {self.found()[name]}", flush=True)

    def found(self) -> dict[str, dict[str, float]]:
        """Return the median, the 95th percentile and the longest time, in milliseconds."""
        return {
            name: {
                "p50_ms": round(float(np.median(times)), 1),
                "p95_ms": round(float(np.quantile(times, 0.95)), 1),
                "longest_ms": round(max(times), 1),
                "n": len(times),
            }
            for name, times in self._ms.items()
        }


def ask(state: State, accounts: list[str], policy: Policy) -> dict[str, dict[str, float]]:
    """Measure what the console and the loop ask."""
    clock = Clock()
    largest = state.cases.list(CaseFilter(order=CaseOrder.SIZE), most=1).cases[0].id
    look(state, accounts, largest, clock)
    act(state, accounts, largest, policy, clock)
    return clock.found()


def look(state: State, accounts: list[str], largest: str, clock: Clock) -> None:
    """Measure what the console shows."""
    measure = clock.measure
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
    measure("the largest case", lambda _: state.cases.get(largest))
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


def act(state: State, accounts: list[str], largest: str, policy: Policy, clock: Clock) -> None:
    """Measure what deciding takes, and a turn of the loop."""
    case, measure = state.cases.get(largest), clock.measure
    most, actor = len(case.accounts), case.actor or ""
    draft = Draft(
        kind=Kind.BLOCK,
        scope=Scope.ACTOR,
        subject=actor,
        case=largest,
        reason="r",
        reason_code="c",
        hours=2.0,
    )
    draft_one = msgspec.structs.replace(draft, scope=Scope.ACCOUNT, subject=accounts[0], case=None)
    measure("impact of blocking one account", lambda _: state.impacts.of(draft_one, now_s=NOW_S))
    measure(f"impact of blocking {most:,} accounts", lambda _: state.impacts.of(draft, now_s=NOW_S), 20)

    def decide(number: int) -> None:
        with clock.time(f"propose, {most:,} accounts"):
            made = state.decisions.propose(draft, policy=policy, by=f"p{number}", now_s=NOW_S)
        with clock.time(f"approve, {most:,} accounts"):
            state.decisions.approve(made.id, policy=policy, by="bob", now_s=NOW_S)
        with clock.time(f"undo, {most:,} accounts"):
            state.decisions.undo(made.id, because="b", policy=policy, by="bob", now_s=NOW_S)

    measure(f"propose, approve and undo, {most:,} accounts", decide, 20)
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
        new = filling.campaign(1_000_000 + number, members, 9.0)
        moved = [state.standings.get(account) for account in members]
        stand = tuple(
            msgspec.structs.replace(one, actor=new.actor, campaign=new.name, bits=9.0) for one in moved if one
        )
        found = Round(at_s=NOW_S, standings=stand, campaigns=(new,))
        state.standings.receive(found, policy, now_s=NOW_S + number)

    measure("a round with a new campaign of 20 accounts", opens, 20)


def main() -> None:
    """Fill a state, and ask it."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--accounts", type=int, default=1_000_000)
    options.add_argument("--campaigns", type=int, default=10_000)
    options.add_argument("--largest", type=int, default=5_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument(
        "--database", help="an empty database of PostgreSQL; by default SQLite, in a new file"
    )
    options.add_argument("--date", help="of the run, for the file")
    options.add_argument("--out", type=Path, help="where to write what was found, beside the other engine's")
    given = options.parse_args()
    draw = np.random.default_rng(given.seed)
    size = filling.Size(given.accounts, given.campaigns, given.largest)
    with (
        tempfile.TemporaryDirectory() as folder,
        State.open(given.database or Path(folder) / "excise.db", secret=bytes(32), now_s=NOW_S) as state,
    ):
        began = time.perf_counter()
        filling.fill(state, size, draw)
        took_s = time.perf_counter() - began
        print(f"{state.standings.totals()[0]:,} accounts put in in {took_s:.0f} s", flush=True)
        accounts = [f"acct_{n:08x}" for n in draw.permutation(size.accounts)[:5_000]]
        found = ask(state, accounts, BLOCKING)
    kept = json.loads(given.out.read_text()) if given.out and given.out.exists() else {}
    kept |= {
        "date": given.date,
        "machine": f"{os.cpu_count()} shared cores, {platform.machine()}, Python {platform.python_version()}",
        "seed": given.seed,
        **size._asdict(),
        "bar": "the impact of a decision on 5,000 accounts within 300 ms",
        "postgresql" if given.database else "sqlite": found,
    }
    if given.out:
        given.out.write_text(json.dumps(kept, indent=1) + "\n")


if __name__ == "__main__":
    main()
