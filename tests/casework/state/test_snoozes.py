import pytest

from excise.casework.refusals import NoSuchRecord
from excise.errors import BadSetting

NOW_S = 1_790_000_000.0


def test_a_snoozed_rule_leaves_the_actor_alone_until_then(state, found, campaign_of, live):
    state.snoozes.add("block", "actor-a", until_s=NOW_S + 100, reason="a trial", by="ann", now_s=NOW_S)
    one = found(campaign_of("a", ["x"]))
    assert state.standings.receive(one, live, now_s=NOW_S + 1).decisions == ()
    other = found(campaign_of("b", ["y"]))
    assert len(state.standings.receive(other, live, now_s=NOW_S + 2).decisions) == 1
    more = found(campaign_of("a", ["x", "z"]))
    assert len(state.standings.receive(more, live, now_s=NOW_S + 100).decisions) == 1


def test_it_can_be_ended_and_holds_for_every_rule(state, found, campaign_of, live):
    one = state.snoozes.add("*", "actor-a", until_s=NOW_S + 100, reason="wait", by="ann", now_s=NOW_S)
    assert state.standings.receive(found(campaign_of("a", ["x"])), live, now_s=NOW_S).decisions == ()
    assert state.snoozes.list(now_s=NOW_S, actor="actor-a") == (one,)
    state.snoozes.end(one.id, by="ann", now_s=NOW_S + 1)
    assert state.snoozes.list(now_s=NOW_S + 1) == ()
    again = found(campaign_of("a", ["x", "y"]))
    assert len(state.standings.receive(again, live, now_s=NOW_S + 2).decisions) == 1
    with pytest.raises(NoSuchRecord):
        state.snoozes.end(one.id, by="ann", now_s=NOW_S + 3)


def test_it_has_an_end_and_a_reason(state):
    with pytest.raises(BadSetting, match="until when"):
        state.snoozes.add("block", "a", until_s=NOW_S, reason="r", by="ann", now_s=NOW_S)
    with pytest.raises(BadSetting, match="reason is empty"):
        state.snoozes.add("block", "a", until_s=NOW_S + 1, reason="", by="ann", now_s=NOW_S)
