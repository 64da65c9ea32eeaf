from excise.casework.state.explaining import explain

NOW_S = 1_790_000_000.0


def test_a_programme_and_a_snooze_are_told(state, found, campaign_of, live):
    case = state.standings.receive(found(campaign_of("a", ["x", "y"])), live, now_s=NOW_S).opened[0]
    state.snoozes.add("slow", case, until_s=NOW_S + 9, reason="r", by="ann", now_s=NOW_S)
    state.programmes.add(
        "lab", contract="c", accounts=["x"], starts_at_s=0.0, until_s=NOW_S + 9, by="ann", now_s=NOW_S
    )
    told = explain(state, "x", live, now_s=NOW_S)
    assert told.programme.name == "lab"
    assert told.effects == ()
    assert {one.rule: one.snoozed is not None for one in told.rules} == {"slow": True, "block": False}
    assert told.case.id == case
