from excise.casework.case import CaseFilter, Happening

NOW_S = 1_790_000_000.0


def test_a_campaign_under_a_new_name_goes_on_in_its_case(state, found, campaign_of, quiet):
    (case,) = state.standings.receive(found(campaign_of("a", ["x", "y", "z"])), quiet, now_s=NOW_S).opened
    renamed = found(campaign_of("b", ["w", "x", "y"]), gone=["campaign-a"])
    received = state.standings.receive(renamed, quiet, now_s=NOW_S + 1)
    assert received.opened == ()
    there = state.cases.get(case)
    assert (there.campaign, there.accounts, there.gone_at_s) == ("campaign-b", ("w", "x", "y"), None)
    assert state.cases.of_campaign("campaign-a").id == state.cases.of_campaign("campaign-b").id == case


def test_a_campaign_that_is_gone_leaves_its_case_open_and_says_so(state, found, campaign_of, quiet):
    (case,) = state.standings.receive(found(campaign_of("a", ["x"])), quiet, now_s=NOW_S).opened
    state.standings.receive(found(gone=["campaign-a"]), quiet, now_s=NOW_S + 1)
    there = state.cases.get(case)
    assert (there.gone_at_s, str(there.status)) == (NOW_S + 1, "open")
    assert state.cases.events(case)[-1].happening is Happening.GONE
    count = len(state.cases.events(case))
    state.standings.receive(found(gone=["campaign-a"]), quiet, now_s=NOW_S + 2)
    assert len(state.cases.events(case)) == count
    state.standings.receive(found(campaign_of("a", ["x"])), quiet, now_s=NOW_S + 3)
    assert state.cases.get(case).gone_at_s is None


def test_one_that_a_person_decides_is_not_merged_under_her_hands(state, found, campaign_of, quiet):
    (one,) = state.standings.receive(found(campaign_of("a", ["x"])), quiet, now_s=NOW_S).opened
    state.standings.receive(found(campaign_of("b", ["p", "q", "r"])), quiet, now_s=NOW_S)
    state.cases.lock(one, by="ann", now_s=NOW_S)
    both = found(campaign_of("b", ["p", "q", "r", "x"]), gone=["campaign-a"])
    assert state.standings.receive(both, quiet, now_s=NOW_S + 1).merged == ()
    state.standings.receive(found(campaign_of("b", ["p", "q", "r"])), quiet, now_s=NOW_S + 2)
    assert state.cases.count(CaseFilter()) == 2


def test_evidence_is_told_when_it_moved_by_a_bit(state, found, campaign_of, quiet):
    (case,) = state.standings.receive(found(campaign_of("a", ["x"], bits=9.0)), quiet, now_s=NOW_S).opened
    for bits in (9.5, 9.9, 11.5):
        state.standings.receive(found(campaign_of("a", ["x"], bits=bits)), quiet, now_s=NOW_S + bits)
    told = [one.text for one in state.cases.events(case) if one.happening is Happening.EVIDENCE]
    assert len(told) == 1
    assert told[0].startswith("11.5 bits now, 9.9 before")
    assert state.cases.get(case).bits == 11.5
