import pytest

from excise.casework.case import CaseFilter, Happening
from excise.casework.decision import DecisionFilter, Scope, Status
from excise.casework.policy import parse
from excise.casework.refusals import NoSuchRecord, NotAsThingsStand

NOW_S = 1_790_000_000.0


@pytest.fixture
def blocked(state, found, campaign_of, live):
    """Returns the state, the case and the decision."""
    (one,) = state.standings.receive(found(campaign_of("a", ["x"])), live, now_s=NOW_S).decisions
    return state, one.case, one.id


def test_an_appeal_stands_in_its_case_and_one_that_is_granted_undoes(blocked, live):
    state, case, decision = blocked
    appeal = state.appeals.receive(
        decision, "I run\x00 an evaluation\u202e", contact="a@b.example", policy=live, now_s=NOW_S
    )
    assert (appeal.case, appeal.text, appeal.contact) == (case, "I run an evaluation", "a@b.example")
    assert state.appeals.open() == state.appeals.of_case(case) == (appeal,)
    answered = state.appeals.answer(
        appeal.id, "you are right", granted=True, policy=live, by="ann", now_s=NOW_S + 1
    )
    assert (answered.granted, answered.answered_by) == (True, "ann")
    assert state.effects.current(Scope.ACCOUNT, "x") == ()
    assert state.decisions.get(decision).status is Status.UNDONE
    happened = [event.happening for event in state.cases.events(case)]
    assert happened[-4:] == [Happening.APPEALED, Happening.ANSWERED, Happening.UNDONE, Happening.SNOOZED]
    assert state.appeals.open() == ()
    with pytest.raises(NotAsThingsStand, match="ann has answered"):
        state.appeals.answer(appeal.id, "no", granted=False, policy=live, by="bob", now_s=NOW_S + 2)
    assert state.ledger.verify().faults == ()


def test_one_that_is_not_granted_changes_nothing(blocked, live):
    state, _, decision = blocked
    appeal = state.appeals.receive(decision, "please", policy=live, now_s=NOW_S)
    state.appeals.answer(appeal.id, "no", granted=False, policy=live, by="ann", now_s=NOW_S)
    assert state.decisions.get(decision).status is Status.ACTIVE
    assert state.appeals.get(appeal.id).granted is False


def test_a_wrong_reference_leaves_no_trace(blocked, live, found, campaign_of):
    state, _, _ = blocked
    shadow = parse("[rules.s]\naction='block'\nbits_at_least=1\nhours=2\ntake='act'", place="t")
    state.standings.receive(found(campaign_of("b", ["q"])), shadow, now_s=NOW_S)
    hidden = state.decisions.list(DecisionFilter(rule="s")).decisions[0].id
    before = state.ledger.verify().entries
    for reference in ("dec-none", "", "x" * 1_000_000, hidden, "' OR 1=1 --"):
        assert state.appeals.receive(reference, "please", policy=live, now_s=NOW_S) is None
    assert state.ledger.verify().entries == before


def test_too_many_are_not_taken(blocked):
    state, _, decision = blocked
    few = parse("[appeals]\na_day = 2\nan_hour = 3", place="t")
    taken = [state.appeals.receive(decision, "please", policy=few, now_s=NOW_S + n) for n in range(4)]
    assert [one is not None for one in taken] == [True, True, False, False]
    assert state.appeals.receive(decision, "again", policy=few, now_s=NOW_S + 86_402) is not None


@pytest.mark.parametrize(
    "text", ["x" * 1_000_000, "\x1b[2J<script>", "\ud800 half", "{{ 7*7 }}", "\u202e" * 9 + "a"]
)
def test_hostile_texts_are_kept_as_texts(blocked, live, text):
    state, _, decision = blocked
    appeal = state.appeals.receive(decision, text, policy=live, now_s=NOW_S)
    assert appeal is not None
    assert len(appeal.text) <= 4_000
    assert not set("\x1b\u202e\ud800") & set(appeal.text)
    assert state.appeals.get(appeal.id) == appeal


def test_nothing_said_is_no_appeal(blocked, live):
    state, _, decision = blocked
    assert state.appeals.receive(decision, " \x00 ", policy=live, now_s=NOW_S) is None
    with pytest.raises(NoSuchRecord):
        state.appeals.get("appeal-none")
    with pytest.raises(NoSuchRecord):
        state.appeals.answer("appeal-none", "t", granted=True, policy=live, by="ann", now_s=NOW_S)
    assert state.cases.count(CaseFilter()) == 1
