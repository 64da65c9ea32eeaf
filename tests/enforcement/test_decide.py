from excise.casework.decision import Degradation, Kind, Limits, Scope
from excise.enforcement.budgets import Budgets
from excise.enforcement.caller import Caller
from excise.enforcement.decide import Action, decide

ACME = Caller(account="acme", end_user="ann", address="203.0.113.9")


def decided(keeper, caller=ACME, *, at_s=1.0, budgets=None):
    return decide(caller, keeper.desk.table, Budgets() if budgets is None else budgets, at_s=at_s)


def test_of_several_the_severest_is_carried_out(kit, keeper):
    keeper.apply(
        kit.effect("acme", Kind.CHALLENGE, decision="dec-a"),
        kit.effect("acme/ann", Kind.DEGRADE, scope=Scope.END_USER, decision="dec-b"),
        kit.effect("203.0.113.0/24", Kind.BLOCK, scope=Scope.ADDRESS, decision="dec-c"),
    )
    assert (decided(keeper).action, decided(keeper).decision) == (Action.BLOCK, "dec-c")
    elsewhere = Caller(account="acme", end_user="ann")
    assert (decided(keeper, elsewhere).action, decided(keeper, elsewhere).decision) == (
        Action.DEGRADE,
        "dec-b",
    )
    assert decided(keeper, elsewhere).degradation == Degradation()
    assert decided(keeper, Caller(account="acme")).action is Action.CHALLENGE
    assert decided(keeper, Caller(account="other")).action is Action.ALLOW


def test_what_is_simulated_is_told_and_not_done(kit, keeper):
    keeper.apply(kit.effect("acme", simulated=True))
    answer = decided(keeper)
    assert (answer.action, answer.decision) == (Action.ALLOW, None)
    assert [(one.kind, one.decision) for one in answer.simulated] == [(Kind.BLOCK, "dec-0123456789abcdef")]
    keeper.apply(kit.effect("acme", Kind.OBSERVE, decision="dec-live"))
    assert (decided(keeper).action, decided(keeper).decision, len(decided(keeper).simulated)) == (
        Action.ALLOW,
        "dec-live",
        1,
    )


def test_a_throttle_allows_within_its_limits_and_says_when_to_come_again(kit, keeper):
    keeper.apply(kit.effect("acme", Kind.THROTTLE, limits=Limits(rpm=6)))
    budgets = Budgets()
    first, second = (decided(keeper, budgets=budgets) for _ in range(2))
    assert (first.action, first.refused, first.limits) == (Action.ALLOW, False, Limits(rpm=6))
    assert (second.action, second.refused, second.retry_after_s) == (Action.THROTTLE, True, 10.0)


def test_the_accounts_of_an_actor_share_one_budget(kit, keeper):
    keeper.apply(
        *(kit.effect(f"a{n}", Kind.THROTTLE, limits=Limits(rpm=60), actor="actor-1") for n in range(100)),
        kit.effect("own", Kind.THROTTLE, limits=Limits(rpm=60)),
    )
    budgets = Budgets()
    answers = [decided(keeper, Caller(account=f"a{n}"), budgets=budgets) for n in range(100)]
    assert sum(not one.refused for one in answers) == 10
    assert not decided(keeper, Caller(account="own"), budgets=budgets).refused


def test_a_degraded_caller_may_have_limits_too(kit, keeper):
    keeper.apply(kit.effect("acme", Kind.DEGRADE, limits=Limits(rpm=6)))
    budgets = Budgets()
    assert [decided(keeper, budgets=budgets).action for _ in range(2)] == [Action.DEGRADE, Action.THROTTLE]


def test_it_is_over_when_its_time_is(kit, keeper):
    keeper.apply(kit.effect("acme", until_s=50.0))
    assert decided(keeper, at_s=49.9).refused
    assert decided(keeper, at_s=50.0).action is Action.ALLOW
