"""States on both engines, and rounds that a test writes by hand."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest

from excise.casework.policy import Policy, parse
from excise.casework.standing import Round, Standing
from excise.casework.state import State
from excise.detection.campaign import Because, Campaign

NOW_S = 1_790_000_000.0
SECRET = bytes(range(32))


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a state of this test's own is kept, on each engine in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'excise.db'}"
    return request.getfixturevalue("postgres").fresh()


@pytest.fixture
def state_at() -> Iterator[Callable[..., State]]:
    """Opens a state, and closes it when the test is over."""
    with ExitStack() as opened:

        def make(url: str | Path, outside: Path | None = None) -> State:
            return opened.enter_context(State.open(url, secret=SECRET, now_s=NOW_S, outside=outside))

        yield make


@pytest.fixture
def state(url: str, state_at: Callable[..., State]) -> State:
    return state_at(url)


@pytest.fixture
def lite(tmp_path: Path, state_at: Callable[..., State]) -> State:
    """A state on SQLite alone, for what no engine changes."""
    return state_at(tmp_path / "lite.db", tmp_path / "ledger.jsonl")


@pytest.fixture
def live() -> Policy:
    """A policy that blocks at 12 bits, at once, and slows down from 8 on."""
    return parse(
        """
        [rules.slow]
        action = "throttle"
        bits_at_least = 8
        bits_below = 12
        hours = 24
        limits = { rpm = 60 }
        take = "act"
        mode = "live"

        [rules.block]
        action = "block"
        bits_at_least = 12
        hours = 48
        take = "act"
        mode = "live"
        reason_code = "terms_of_use"

        [bulk]
        accounts = 10
        traffic_share = 1.0
        """,
        place="test",
    )


@pytest.fixture
def quiet() -> Policy:
    """A policy without rules."""
    return parse("[bulk]\naccounts = 10\ntraffic_share = 1.0", place="test")


def campaign(name: str, accounts: Sequence[str], *, bits: float = 14.0, rank: float = 20.0) -> Campaign:
    return Campaign(
        name=f"campaign-{name}",
        actor=f"actor-{name}",
        sentence=f"{len(accounts)} accounts act as one and pull reasoning traces",
        accounts=tuple(sorted(accounts)),
        bits=bits,
        rank=rank,
        ceiling_bits=15.0,
        exchanges=100 * len(accounts),
        tokens_out=9_000 * len(accounts),
        started_at_s=NOW_S - 9_000.0,
        ended_at_s=NOW_S - 60.0,
        because=(
            Because(signal="metronome", weight=3.0, text="even gaps"),
            Because(signal="never_sleeps", weight=-1.0, text="sleeps at night"),
        ),
        links=(),
    )


def standing(account: str, of: Campaign | None = None, **fields: object) -> Standing:
    values: dict[str, object] = {
        "account": account,
        "actor": of.actor if of is not None else f"actor-{account}",
        "bits": of.bits if of is not None else 0.0,
        "rank": of.rank if of is not None else -3.0,
        "campaign": of.name if of is not None else None,
        "exchanges": 100,
        "tokens_out": 9_000,
        "started_at_s": NOW_S - 9_000.0,
        "ended_at_s": NOW_S - 60.0,
        "because": of.because if of is not None else (),
        **fields,
    }
    return Standing(**values)  # type: ignore[arg-type]


@pytest.fixture
def found() -> Callable[..., Round]:
    """Writes a round: campaigns with a standing for each of their accounts, and honest accounts beside."""

    def make(*campaigns: Campaign, honest: Sequence[str] = ("h",), gone: Sequence[str] = ()) -> Round:
        standings = [standing(account, one) for one in campaigns for account in one.accounts]
        standings += [standing(account) for account in honest]
        return Round(at_s=NOW_S, standings=tuple(standings), campaigns=campaigns, gone=tuple(gone))

    return make


@pytest.fixture
def campaign_of() -> Callable[..., Campaign]:
    return campaign


@pytest.fixture
def standing_of() -> Callable[..., Standing]:
    return standing
