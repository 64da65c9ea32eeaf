from excise.casework.case import CaseFilter, Outcome
from excise.casework.state.agreement import Agreement

NOW_S = 1_790_000_000.0


def test_outcomes_are_counted_for_what_spoke(state, found, campaign_of, quiet):
    outcomes = [Outcome.CONFIRMED, Outcome.CONFIRMED, Outcome.NOT_HARVESTING, Outcome.UNSURE]
    rounds = [campaign_of(f"c{n}", [f"x{n}"], bits=9.0 + n) for n in range(4)]
    state.standings.receive(found(*rounds), quiet, now_s=NOW_S)
    for number, outcome in enumerate(outcomes):
        case = state.cases.of_campaign(f"campaign-c{number}").id
        state.cases.close(case, outcome, because="b", by="ann", now_s=NOW_S + number)
    counted = Agreement(name="metronome", confirmed=2, not_harvesting=1, unsure=1)
    assert state.agreement.by_detector() == (counted,), "what speaks against is not counted"
    assert [(one.name, one.confirmed, one.not_harvesting) for one in state.agreement.by_bits()] == [
        ("09", 1, 0),
        ("10", 1, 0),
        ("11", 0, 1),
        ("12", 0, 0),
    ]
    assert state.agreement.by_detector(since_s=NOW_S + 3)[0].unsure == 1
    case = state.cases.of_campaign("campaign-c0").id
    state.cases.reopen(case, because="b", by="ann", now_s=NOW_S + 9)
    assert state.agreement.by_detector()[0].confirmed == 1
    assert state.cases.count(CaseFilter()) == 1


def test_outcomes_change_no_standing(state, found, campaign_of, quiet):
    state.standings.receive(found(campaign_of("a", ["x"])), quiet, now_s=NOW_S)
    before = state.standings.get("x")
    case = state.cases.of_campaign("campaign-a").id
    state.cases.close(case, Outcome.NOT_HARVESTING, because="b", by="ann", now_s=NOW_S)
    assert state.standings.get("x") == before
