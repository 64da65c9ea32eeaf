import pytest

from excise.casework.decision import Changes, Kind, Limits
from excise.enforcement import desk as module
from excise.enforcement.caller import Caller
from excise.enforcement.decide import DOWN, Action
from excise.enforcement.desk import Desk, DeskSettings
from excise.enforcement.table import DecisionTable
from excise.errors import BadSetting

ACME = Caller(account="acme")


def test_it_answers_counts_and_refers(kit, keeper):
    keeper.apply(kit.effect("acme"), kit.effect("apex", simulated=True))
    answer = keeper.desk.decide(ACME)
    sent = keeper.desk.refusal(answer)
    referred = keeper.desk.references.read(dict(sent.headers)["x-excise-reference"])
    assert referred.decision == answer.decision
    assert keeper.desk.references.is_about(referred, "acme")
    keeper.desk.decide(Caller(account="apex"))
    assert keeper.desk.actions == {"block": 1, "allow": 1, "simulated block": 1}


@pytest.mark.parametrize(("fail", "action"), [("open", Action.ALLOW), ("closed", Action.BLOCK)])
def test_without_a_table_it_fails_as_it_is_told(kit, fail, action):
    desk = Desk(DecisionTable(seed=1), references=None, clock=kit.Clock(), settings=DeskSettings(fail=fail))
    answer = desk.decide(ACME)
    assert answer.action is action
    if fail == "closed":
        assert desk.refusal(answer).code == DOWN
    desk.apply(Changes(sequence=1, whole=True, effects=()))
    assert desk.decide(ACME).action is Action.ALLOW


def test_a_table_is_too_old_where_that_is_said_and_not_otherwise(kit):
    for stale_after_s, action in ((None, Action.ALLOW), (60.0, Action.BLOCK)):
        keeper = kit.Keeper(DeskSettings(fail="closed", stale_after_s=stale_after_s))
        keeper.clock.ahead_s = 61.0
        assert keeper.desk.decide(ACME).action is action
        keeper.desk.apply(Changes(sequence=keeper.sequence, whole=False, effects=()))
        assert keeper.desk.decide(ACME).action is Action.ALLOW, "hearing that nothing changed is news too"


def test_what_changed_since_is_the_latest_of_each(kit, keeper):
    one, two = kit.effect("acme"), kit.effect("apex")
    keeper.apply(one, two)
    keeper.apply(kit.effect("acme", Kind.CHALLENGE), lifted=[kit.lifted(two)])
    since = keeper.desk.since(1)
    assert [(e.subject, e.kind) for e in since.effects] == [("acme", Kind.CHALLENGE)]
    assert [e.subject for e in since.lifted] == ["apex"]
    assert (since.sequence, since.whole) == (3, False)
    assert keeper.desk.since(3) == Changes(sequence=3, whole=False, effects=())
    assert keeper.desk.since(0) is None, "it was not there"
    assert keeper.desk.since(4) is None, "it is from another history"


def test_it_remembers_so_much_and_no_more(kit, keeper, monkeypatch):
    monkeypatch.setattr(module, "_MOST_REMEMBERED", 10)
    for n in range(20):
        keeper.apply(kit.effect(f"a{n}"))
    assert keeper.desk.since(keeper.sequence - 11) is None
    assert len(keeper.desk.since(keeper.sequence - 10).effects) == 10
    keeper.apply(whole=True)
    assert keeper.desk.since(keeper.sequence - 1) is None


def test_tokens_are_charged_to_the_budget_that_holds(kit, keeper):
    keeper.apply(kit.effect("acme", Kind.THROTTLE, limits=Limits(tpm=600)))
    assert not keeper.desk.decide(ACME).refused
    keeper.desk.charge(ACME, 5_000)
    keeper.desk.charge(Caller(account="other"), 5_000)
    assert keeper.desk.decide(ACME).action is Action.THROTTLE
    assert not keeper.desk.decide(Caller(account="other")).refused


def test_a_share_that_is_none_is_refused(kit):
    with pytest.raises(BadSetting, match="no share"):
        kit.Keeper(DeskSettings(share=0.0))
