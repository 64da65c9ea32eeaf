from excise.casework.decision import DecisionFilter, Kind, Limits, Mode, Status
from excise.casework.policy import parse
from excise.casework.state.explaining import explain

NOW_S = 1_790_000_000.0


def test_a_rule_decides_once_and_prolongs_on_new_evidence(state, found, campaign_of, live):
    (made,) = state.standings.receive(found(campaign_of("a", ["x"])), live, now_s=NOW_S).decisions
    early = state.standings.receive(found(campaign_of("a", ["x", "y"])), live, now_s=NOW_S + 3_600)
    assert early.decisions == ()
    assert state.decisions.get(made.id).until_s == made.until_s
    late_s = NOW_S + 30 * 3_600
    assert state.standings.receive(found(campaign_of("a", ["x"])), live, now_s=late_s).decisions == ()
    assert state.decisions.get(made.id).until_s == late_s + 48 * 3_600
    assert state.effects.since(0).effects[0].until_s == late_s + 48 * 3_600
    state.decisions.expire_due(now_s=late_s + 48 * 3_600)
    assert state.effects.since(0).effects == ()
    assert state.decisions.get(made.id).status is Status.EXPIRED


def test_stronger_evidence_adds_the_severer_action(state, found, campaign_of, live):
    weak = found(campaign_of("a", ["x"], bits=9.0))
    (slow,) = state.standings.receive(weak, live, now_s=NOW_S).decisions
    assert (slow.kind, slow.limits) == (Kind.THROTTLE, Limits(rpm=60))
    strong = found(campaign_of("a", ["x"], bits=13.0))
    (block,) = state.standings.receive(strong, live, now_s=NOW_S + 1).decisions
    assert block.kind is Kind.BLOCK
    assert state.effects.since(0).effects[0].decision == block.id


def test_a_rule_for_each_account_and_a_delay_that_nobody_foresees(state, found, campaign_of):
    policy = parse(
        "[rules.each]\naction='challenge'\nscope='account'\nbits_at_least=9\nhours=48\ndelay_hours=10\n"
        "take='act'\nmode='live'",
        place="t",
    )
    round_ = found(campaign_of("a", ["x", "y", "z"]), honest=[f"h{n}" for n in range(500)])
    made = state.standings.receive(round_, policy, now_s=NOW_S).decisions
    assert [one.subject for one in made] == ["x", "y", "z"]
    delays = [one.starts_at_s - NOW_S for one in made]
    assert len(set(delays)) == 3
    assert all(0 <= delay < 36_000 for delay in delays)
    more = found(campaign_of("a", ["w", "x", "y", "z"]))
    assert [one.subject for one in state.standings.receive(more, policy, now_s=NOW_S + 1).decisions] == ["w"]


def test_the_shipped_policy_carries_nothing_out(state, found, campaign_of):
    from excise.casework.policy import shipped

    for bits in (9.0, 11.0, 14.0):
        state.standings.receive(found(campaign_of("a", ["x"], bits=bits)), shipped(), now_s=NOW_S + bits)
    assert all(effect.simulated for effect in state.effects.since(0).effects)
    live = state.decisions.list(DecisionFilter(simulated=False)).decisions
    assert {one.status for one in live} == {Status.PROPOSED}
    shadow = state.decisions.list(DecisionFilter(simulated=True)).decisions
    assert {one.mode for one in shadow} == {Mode.SHADOW}


def test_explaining_changes_nothing(state, found, campaign_of, live):
    state.standings.receive(found(campaign_of("a", ["x"])), live, now_s=NOW_S)
    before = (state.effects.sequence(), state.ledger.verify().entries)
    told = explain(state, "x", live, now_s=NOW_S)
    by_rule = {one.rule: one for one in told.rules}
    assert by_rule["block"].matches
    assert [one.text for one in by_rule["slow"].conditions if not one.met] == ["14.0 bits, below 12"]
    assert by_rule["block"].standing == told.decisions
    assert told.effects[0].kind is Kind.BLOCK
    assert told.programme is None
    nobody = explain(state, "nobody", live, now_s=NOW_S)
    assert (nobody.standing, nobody.case, nobody.rules, nobody.effects) == (None, None, (), ())
    assert (state.effects.sequence(), state.ledger.verify().entries) == before
