from collections.abc import Callable

import msgspec
import pytest

from excise.casework.decision import (
    DecisionFilter,
    Draft,
    Kind,
    Limits,
    Mode,
    Scope,
    Status,
    end_user_subject,
)
from excise.casework.policy import Policy
from excise.casework.refusals import HeldByAnother, NoSuchRecord, NotAsThingsStand, SecondPersonNeeded
from excise.casework.standing import Round
from excise.casework.state import State
from excise.detection.campaign import Campaign
from excise.errors import BadSetting

NOW_S = 1_790_000_000.0
Found = Callable[..., Round]
Named = Callable[..., Campaign]


def block(account: str, **fields: object) -> Draft:
    values: dict[str, object] = {
        "kind": Kind.BLOCK,
        "scope": Scope.ACCOUNT,
        "subject": account,
        "reason": "pulls traces",
        "reason_code": "terms_of_use",
        "hours": 2.0,
        "act": True,
        **fields,
    }
    return Draft(**values)  # type: ignore[arg-type]


@pytest.fixture
def many(state: State, found: Found, campaign_of: Named, quiet: Policy) -> str:
    """A case of twelve accounts, where ten are bulk; returns its id."""
    accounts = [f"a{n:02d}" for n in range(12)]
    return state.standings.receive(found(campaign_of("a", accounts)), quiet, now_s=NOW_S).opened[0]


def test_a_decision_holds_until_it_is_over(state: State, quiet: Policy) -> None:
    decision = state.decisions.propose(block("x"), policy=quiet, by="ann", now_s=NOW_S)
    assert decision.status is Status.ACTIVE
    assert decision.until_s == NOW_S + 7_200
    (effect,) = state.effects.current(Scope.ACCOUNT, "x")
    assert (effect.decision, effect.kind, effect.until_s) == (decision.id, Kind.BLOCK, decision.until_s)
    assert state.decisions.expire_due(now_s=NOW_S + 7_199) == ()
    (over,) = state.decisions.expire_due(now_s=NOW_S + 7_200)
    assert over.status is Status.EXPIRED
    assert state.effects.current(Scope.ACCOUNT, "x") == ()
    assert state.decisions.get(decision.id).status is Status.EXPIRED


def test_undo_works_at_once_and_says_why(state: State, quiet: Policy) -> None:
    decision = state.decisions.propose(block("x"), policy=quiet, by="ann", now_s=NOW_S)
    before = state.effects.sequence()
    undone = state.decisions.undo(decision.id, because="a mistake", policy=quiet, by="bob", now_s=NOW_S + 1)
    assert (undone.status, undone.undone_by, undone.undone_because) == (Status.UNDONE, "bob", "a mistake")
    (lifted,) = state.effects.since(before).lifted
    assert lifted.subject == "x"
    with pytest.raises(NotAsThingsStand, match="undone, by bob"):
        state.decisions.undo(decision.id, because="again", policy=quiet, by="ann", now_s=NOW_S + 2)


def test_bulk_needs_a_second_person(state: State, quiet: Policy, many: str) -> None:
    draft = block("actor-a", scope=Scope.ACTOR, case=many)
    decision = state.decisions.propose(draft, policy=quiet, by="ann", now_s=NOW_S)
    assert decision.status is Status.PROPOSED
    assert state.effects.since(0).effects == ()
    with pytest.raises(SecondPersonNeeded, match="12 accounts of 12 customers"):
        state.decisions.approve(decision.id, policy=quiet, by="ann", now_s=NOW_S)
    approved = state.decisions.approve(decision.id, policy=quiet, by="bob", now_s=NOW_S + 3_600)
    assert (approved.status, approved.approved_by, approved.size) == (Status.ACTIVE, "bob", 12)
    assert approved.until_s == NOW_S + 3_600 + 7_200, "it holds as long as it was meant to, from approval"
    assert len(state.effects.since(0).effects) == 12
    with pytest.raises(NotAsThingsStand):
        state.decisions.approve(decision.id, policy=quiet, by="eve", now_s=NOW_S + 3_601)


def test_many_small_ones_by_one_person_are_bulk_too(state: State, quiet: Policy) -> None:
    made = [
        state.decisions.propose(block(f"a{n}"), policy=quiet, by="ann", now_s=NOW_S + n) for n in range(11)
    ]
    assert [one.status for one in made] == [Status.ACTIVE] * 9 + [Status.PROPOSED] * 2
    other = state.decisions.propose(block("b"), policy=quiet, by="bob", now_s=NOW_S + 20)
    assert other.status is Status.ACTIVE
    with pytest.raises(SecondPersonNeeded):
        state.decisions.approve(made[-1].id, policy=quiet, by="ann", now_s=NOW_S + 30)
    assert state.decisions.approve(made[-1].id, policy=quiet, by="bob", now_s=NOW_S + 30).size == 1


def test_shadow_is_written_down_only(state: State, quiet: Policy, many: str) -> None:
    draft = block("actor-a", scope=Scope.ACTOR, case=many, mode=Mode.SHADOW)
    decision = state.decisions.propose(draft, policy=quiet, by="ann", now_s=NOW_S)
    assert (decision.status, decision.simulated) == (Status.ACTIVE, True)
    effects = state.effects.since(0).effects
    assert len(effects) == 12
    assert all(effect.simulated for effect in effects)


def test_the_severest_holds_and_gives_way(state: State, quiet: Policy) -> None:
    slow = block("x", kind=Kind.THROTTLE, limits=Limits(rpm=6), hours=9.0)
    throttle = state.decisions.propose(slow, policy=quiet, by="ann", now_s=NOW_S)
    hard = state.decisions.propose(block("x"), policy=quiet, by="ann", now_s=NOW_S)
    assert [one.decision for one in state.effects.current(Scope.ACCOUNT, "x")] == [hard.id]
    state.decisions.expire_due(now_s=NOW_S + 7_200)
    (effect,) = state.effects.current(Scope.ACCOUNT, "x")
    assert (effect.decision, effect.limits) == (throttle.id, Limits(rpm=6))


def test_what_begins_later_does_not_cover_what_holds_now(state: State, quiet: Policy) -> None:
    slow = block("x", kind=Kind.THROTTLE, limits=Limits(rpm=6), hours=9.0)
    throttle = state.decisions.propose(slow, policy=quiet, by="ann", now_s=NOW_S)
    later = state.decisions.propose(block("x", delay_s=60.0), policy=quiet, by="ann", now_s=NOW_S)
    assert [one.decision for one in state.effects.current(Scope.ACCOUNT, "x")] == [throttle.id]
    state.decisions.expire_due(now_s=NOW_S + 60)
    assert [one.decision for one in state.effects.current(Scope.ACCOUNT, "x")] == [later.id]


def test_a_canary_is_carried_out_on_a_share_that_stays_the_same(
    state: State, quiet: Policy, many: str
) -> None:
    draft = block("actor-a", scope=Scope.ACTOR, case=many, mode=Mode.CANARY, share=0.5, rule="r")
    first = state.decisions.propose(draft, policy=quiet, by="ann", now_s=NOW_S)
    state.decisions.approve(first.id, policy=quiet, by="bob", now_s=NOW_S)
    picked = {effect.subject for effect in state.effects.since(0).effects if not effect.simulated}
    assert 0 < len(picked) < 12
    assert state.impacts.of(draft, now_s=NOW_S).carried_out_on == len(picked)
    state.decisions.undo(first.id, because="again", policy=quiet, by="bob", now_s=NOW_S)
    second = state.decisions.propose(draft, policy=quiet, by="ann", now_s=NOW_S)
    state.decisions.approve(second.id, policy=quiet, by="bob", now_s=NOW_S)
    assert {one.subject for one in state.effects.since(0).effects if not one.simulated} == picked


def test_the_same_key_decides_once(state: State, quiet: Policy) -> None:
    first = state.decisions.propose(block("x", key="k"), policy=quiet, by="ann", now_s=NOW_S)
    assert state.decisions.propose(block("x", key="k"), policy=quiet, by="ann", now_s=NOW_S + 5) == first
    assert len(state.decisions.list(DecisionFilter()).decisions) == 1


def test_an_end_user_is_decided_about_by_itself(state: State, quiet: Policy) -> None:
    ann = end_user_subject("team/eu", "ann")
    draft = block(ann, scope=Scope.END_USER)
    state.decisions.propose(draft, policy=quiet, by="ann", now_s=NOW_S)
    assert state.effects.current(Scope.END_USER, ann)[0].kind is Kind.BLOCK
    assert [one.account for one in state.impacts.of(draft, now_s=NOW_S).accounts] == ["team/eu"]
    assert state.effects.current(Scope.ACCOUNT, "team") == ()
    state.programmes.add(
        "lab",
        contract="c-1",
        accounts=["team/eu"],
        starts_at_s=0.0,
        until_s=NOW_S * 2,
        by="ann",
        now_s=NOW_S,
    )
    assert state.effects.current(Scope.END_USER, ann) == ()
    assert state.impacts.of(draft, now_s=NOW_S).accounts == ()


def test_a_case_that_another_holds_is_decided_by_that_person_only(
    state: State, quiet: Policy, many: str
) -> None:
    draft = block("actor-a", scope=Scope.ACTOR, case=many)
    decision = state.decisions.propose(draft, policy=quiet, by="ann", now_s=NOW_S)
    state.cases.lock(many, by="ann", now_s=NOW_S)
    calls: list[Callable[[float], object]] = [
        lambda at: state.decisions.approve(decision.id, policy=quiet, by="bob", now_s=at),
        lambda at: state.decisions.refuse(decision.id, because="no", policy=quiet, by="bob", now_s=at),
        lambda at: state.decisions.propose(draft, policy=quiet, by="bob", now_s=at),
    ]
    for call in calls:
        with pytest.raises(HeldByAnother, match="ann is deciding it"):
            call(NOW_S + 899)
    assert state.decisions.approve(decision.id, policy=quiet, by="bob", now_s=NOW_S + 900)


def test_what_a_person_undid_the_rule_leaves_alone_for_a_while(
    state: State, found: Found, campaign_of: Named, live: Policy
) -> None:
    (decision,) = state.standings.receive(found(campaign_of("a", ["x"])), live, now_s=NOW_S).decisions
    state.decisions.undo(decision.id, because="a customer", policy=live, by="ann", now_s=NOW_S + 10)
    more = found(campaign_of("a", ["x", "y"], bits=15.0))
    assert state.standings.receive(more, live, now_s=NOW_S + 20).decisions == ()
    (snooze,) = state.snoozes.list(now_s=NOW_S + 20)
    assert snooze.rule == "block"
    later = NOW_S + 20 + 169 * 3_600
    (again,) = state.standings.receive(found(campaign_of("a", ["x"], bits=14.0)), live, now_s=later).decisions
    assert again.kind is Kind.BLOCK


def test_lists_and_what_is_about_an_account(state: State, quiet: Policy, many: str) -> None:
    draft = block("actor-a", scope=Scope.ACTOR, case=many)
    about_all = state.decisions.propose(draft, policy=quiet, by="ann", now_s=NOW_S)
    about_one = state.decisions.propose(block("a00"), policy=quiet, by="ann", now_s=NOW_S + 1)
    state.decisions.propose(block("b"), policy=quiet, by="ann", now_s=NOW_S + 2)
    assert [one.id for one in state.decisions.of_account("a00")] == [about_one.id, about_all.id]
    page = state.decisions.list(DecisionFilter(), most=2)
    rest = state.decisions.list(DecisionFilter(), after=page.after, most=2)
    assert [len(page.decisions), len(rest.decisions), rest.after] == [2, 1, None]
    proposed = state.decisions.list(DecisionFilter(status=(Status.PROPOSED,), case=many))
    assert [one.id for one in proposed.decisions] == [about_all.id]


def test_what_cannot_be_is_refused(state: State, quiet: Policy) -> None:
    for draft, why in [
        (block("x", reason=" "), "reason is empty"),
        (block("x", hours=0.0), "at most a year"),
        (block("x", hours=float("nan")), "at most a year"),
        (block("x", kind=Kind.THROTTLE), "needs limits"),
        (block("x", scope=Scope.END_USER), "ACCOUNT/END_USER"),
        (block(" "), "subject is empty"),
    ]:
        with pytest.raises(BadSetting, match=why):
            state.decisions.propose(draft, policy=quiet, by="ann", now_s=NOW_S)
    with pytest.raises(NoSuchRecord):
        state.decisions.get("dec-none")
    with pytest.raises(NoSuchRecord):
        state.decisions.propose(block("x", case="case-none"), policy=quiet, by="ann", now_s=NOW_S)
    assert state.effects.sequence() == 0


def test_a_proposal_nobody_answers_ends_by_itself(state: State, quiet: Policy) -> None:
    decision = state.decisions.propose(block("x", act=False), policy=quiet, by="ann", now_s=NOW_S)
    state.decisions.expire_due(now_s=NOW_S + 7_200)
    assert state.decisions.get(decision.id) == msgspec.structs.replace(decision, status=Status.EXPIRED)
