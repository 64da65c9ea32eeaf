from collections.abc import Callable

import msgspec
import pytest

from excise.casework.case import CaseFilter, Happening
from excise.casework.decision import Kind, Scope, Status
from excise.casework.policy import Policy
from excise.casework.refusals import NoSuchRecord
from excise.casework.standing import Round, StandingFilter, StandingOrder
from excise.casework.state import State
from excise.detection.campaign import Campaign

NOW_S = 1_790_000_000.0
Found = Callable[..., Round]
Named = Callable[..., Campaign]


def test_a_campaign_opens_a_case_and_the_rule_blocks(
    state: State, found: Found, campaign_of: Named, live: Policy
) -> None:
    one = campaign_of("a", ["x", "y", "z"])
    received = state.standings.receive(found(one, honest=["h"]), live, now_s=NOW_S)
    assert received.changed_accounts == 4
    (case,) = received.opened
    (decision,) = received.decisions
    assert (decision.kind, decision.status, decision.case) == (Kind.BLOCK, Status.ACTIVE, case)
    there = state.cases.get(case)
    assert there.accounts == ("x", "y", "z")
    assert (there.bits, there.exchanges, there.size) == (14.0, 300, 3)
    effects = {effect.subject: effect for effect in state.effects.since(0).effects}
    assert set(effects) == {"x", "y", "z"}
    assert {effect.kind for effect in effects.values()} == {Kind.BLOCK}
    assert {effect.actor for effect in effects.values()} == {"actor-a"}
    happened = [event.happening for event in state.cases.events(case)]
    assert happened == [Happening.OPENED, Happening.DECIDED]
    assert state.standings.totals() == (4, 400, 36_000)


def test_the_same_round_again_changes_nothing(
    state: State, found: Found, campaign_of: Named, live: Policy
) -> None:
    round_ = found(campaign_of("a", ["x", "y"]), honest=["h"])
    state.standings.receive(round_, live, now_s=NOW_S)
    sequence, totals = state.effects.sequence(), state.standings.totals()
    again = state.standings.receive(round_, live, now_s=NOW_S + 5)
    assert again == type(again)(
        changed_accounts=0, opened=(), reopened=(), merged=(), changed=(), decisions=(), ended_programmes=()
    )
    assert state.effects.sequence() == sequence
    assert state.standings.totals() == totals


def test_an_account_that_joins_the_actor_is_blocked_too_and_one_that_leaves_is_free(
    state: State, found: Found, campaign_of: Named, live: Policy
) -> None:
    state.standings.receive(found(campaign_of("a", ["x", "y"])), live, now_s=NOW_S)
    before = state.effects.sequence()
    state.standings.receive(found(campaign_of("a", ["y", "z"])), live, now_s=NOW_S + 5)
    changes = state.effects.since(before)
    assert [effect.subject for effect in changes.effects] == ["z"]
    assert [lifted.subject for lifted in changes.lifted] == ["x"]
    (case,) = state.cases.list(CaseFilter()).cases
    texts = [(event.happening, event.text) for event in state.cases.events(case.id)]
    assert (Happening.JOINED, "1 account (z) joined its actor") in texts
    assert (Happening.LEFT, "1 account (x) left its actor") in texts


def test_a_block_is_no_evidence(state: State, found: Found, campaign_of: Named, live: Policy) -> None:
    round_ = found(campaign_of("a", ["x"]), honest=["h"])
    state.standings.receive(round_, live, now_s=NOW_S)
    assert state.effects.current(Scope.ACCOUNT, "x")
    for standing in round_.standings:
        assert state.standings.get(standing.account) == standing
    assert state.standings.campaign("campaign-a") == round_.campaigns[0]


def test_history_holds_the_turns_only(state: State, found: Found, campaign_of: Named, quiet: Policy) -> None:
    for after, bits in enumerate([9.0, 9.3, 9.6, 11.0]):
        round_ = found(campaign_of("a", ["x"], bits=bits))
        state.standings.receive(round_, quiet, now_s=NOW_S + after)
    assert [(moment.at_s - NOW_S, moment.bits) for moment in state.standings.history("x")] == [
        (3.0, 11.0),
        (0.0, 9.0),
    ]
    assert state.standings.history("nobody") == ()


def test_lists_page_through_all(state: State, found: Found, campaign_of: Named, quiet: Policy) -> None:
    accounts = [f"a{n:02d}" for n in range(25)]
    state.standings.receive(found(campaign_of("a", accounts), honest=["b1", "b2"]), quiet, now_s=NOW_S)
    for order in StandingOrder:
        seen: list[str] = []
        after = None
        while True:
            page = state.standings.list(StandingFilter(order=order), after=after, most=10)
            seen += [standing.account for standing in page.standings]
            after = page.after
            if after is None:
                break
        assert sorted(seen) == [*accounts, "b1", "b2"], order
    begin_b = state.standings.list(StandingFilter(prefix="b")).standings
    assert {standing.account for standing in begin_b} == {"b1", "b2"}
    mine = state.standings.of_actor("actor-a")
    assert len(mine) == 25
    assert mine[0].because[0].signal == "metronome"


def test_what_is_not_there(state: State) -> None:
    assert state.standings.get("nobody") is None
    with pytest.raises(NoSuchRecord, match="campaign"):
        state.standings.campaign("campaign-none")


def test_an_organization_is_kept(state: State, found: Found, quiet: Policy) -> None:
    round_ = found(honest=["h"])
    one = msgspec.structs.replace(round_.standings[0], organization="acme", verified=True, programme="lab")
    state.standings.receive(msgspec.structs.replace(round_, standings=(one,)), quiet, now_s=NOW_S)
    assert state.standings.get("h") == one
