import msgspec
import pytest

from excise.casework.decision import Scope
from excise.casework.programme import Allowance
from excise.casework.refusals import NoSuchRecord, NotAsThingsStand
from excise.errors import BadSetting

NOW_S = 1_790_000_000.0


def add(state, name="lab", accounts=("x",), **fields):
    values = {
        "contract": "c-1",
        "accounts": accounts,
        "starts_at_s": NOW_S,
        "until_s": NOW_S + 1_000,
        "by": "ann",
        "now_s": NOW_S,
        **fields,
    }
    return state.programmes.add(name, **values)


@pytest.fixture
def blocked(state, found, campaign_of, live):
    state.standings.receive(found(campaign_of("a", ["x", "y"])), live, now_s=NOW_S)
    assert state.effects.current(Scope.ACCOUNT, "x")
    return state


def test_a_programme_exempts_its_account_and_no_other(blocked):
    add(blocked)
    assert blocked.effects.current(Scope.ACCOUNT, "x") == ()
    assert blocked.effects.current(Scope.ACCOUNT, "y")
    assert blocked.programmes.covering("x", NOW_S).name == "lab"
    assert blocked.programmes.covering("x", NOW_S + 1_000) is None
    assert blocked.programmes.covering("y", NOW_S) is None


def test_it_ends_by_hand_at_once(blocked):
    add(blocked)
    ended = blocked.programmes.end("lab", because="terminated", by="bob", now_s=NOW_S + 5)
    assert (ended.ended_at_s, ended.ended_because) == (NOW_S + 5, "terminated")
    assert blocked.effects.current(Scope.ACCOUNT, "x")
    assert blocked.programmes.list() == (ended,)
    with pytest.raises(NotAsThingsStand, match="has ended: terminated"):
        blocked.programmes.end("lab", because="again", by="bob", now_s=NOW_S + 6)


def test_it_begins_and_ends_by_itself(blocked):
    add(blocked, starts_at_s=NOW_S + 100, until_s=NOW_S + 200)
    assert blocked.effects.current(Scope.ACCOUNT, "x")
    blocked.programmes.turn(now_s=NOW_S + 100)
    assert blocked.effects.current(Scope.ACCOUNT, "x") == ()
    blocked.programmes.turn(now_s=NOW_S + 199)
    assert blocked.effects.current(Scope.ACCOUNT, "x") == ()
    blocked.decisions.expire_due(now_s=NOW_S + 200)
    assert blocked.effects.current(Scope.ACCOUNT, "x")


def test_an_exceeded_limit_ends_it_and_says_so(blocked, found, campaign_of, live):
    add(blocked, limits=Allowance(exchanges=50))
    assert blocked.programmes.used("lab") == (0, 0), "what was sent before does not count"
    round_ = found(campaign_of("a", ["x", "y"]))

    def sent(count):
        rows = [
            msgspec.structs.replace(one, exchanges=count) if one.account == "x" else one
            for one in round_.standings
        ]
        return msgspec.structs.replace(round_, standings=tuple(rows))

    assert blocked.standings.receive(sent(150), live, now_s=NOW_S + 10).ended_programmes == ()
    assert blocked.programmes.used("lab") == (50, 0)
    (ended,) = blocked.standings.receive(sent(151), live, now_s=NOW_S + 20).ended_programmes
    assert ended.ended_because == "its accounts have taken 51 exchanges of the 50 that it allows"
    assert blocked.effects.current(Scope.ACCOUNT, "x")


def test_the_providers_directory_names_one(state, found, campaign_of, live):
    round_ = found(campaign_of("a", ["x", "y"]))
    rows = [
        msgspec.structs.replace(one, programme="partner") if one.account == "x" else one
        for one in round_.standings
    ]
    state.standings.receive(msgspec.structs.replace(round_, standings=tuple(rows)), live, now_s=NOW_S)
    assert state.effects.current(Scope.ACCOUNT, "x") == ()
    assert state.programmes.covering("x", NOW_S).added_by == "directory"
    add(state, "partner", accounts=(), until_s=NOW_S + 10)
    state.programmes.turn(now_s=NOW_S + 10)
    assert state.effects.current(Scope.ACCOUNT, "x"), "the contract of that name has ended"


def test_what_cannot_be_is_refused(state):
    with pytest.raises(BadSetting, match="give it a term"):
        add(state, until_s=NOW_S)
    with pytest.raises(BadSetting, match="where its contract is written"):
        add(state, contract=" ")
    add(state)
    with pytest.raises(NotAsThingsStand, match="another name"):
        add(state)
    with pytest.raises(NoSuchRecord):
        state.programmes.end("other", because="b", by="ann", now_s=NOW_S)
