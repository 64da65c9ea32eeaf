import msgspec

from excise.casework.decision import Draft, Kind, Mode, Scope

NOW_S = 1_790_000_000.0


def test_whom_it_touches_is_named_exactly(state, found, campaign_of, quiet):
    round_ = found(campaign_of("a", ["w", "x", "y", "z"]), honest=["h"])
    facts = {"w": ("acme", True), "x": ("acme", False), "y": (None, True), "z": (None, None)}
    rows = [
        msgspec.structs.replace(
            one,
            organization=facts.get(one.account, (None, None))[0],
            verified=facts.get(one.account, (None, None))[1],
            exchanges=ord(one.account),
        )
        for one in round_.standings
    ]
    case = state.standings.receive(
        msgspec.structs.replace(round_, standings=tuple(rows)), quiet, now_s=NOW_S
    ).opened[0]
    state.programmes.add(
        "lab", contract="c", accounts=["z"], starts_at_s=0.0, until_s=NOW_S * 2, by="ann", now_s=NOW_S
    )
    draft = Draft(
        kind=Kind.BLOCK,
        scope=Scope.ACTOR,
        subject="actor-a",
        case=case,
        reason="r",
        reason_code="c",
        hours=1.0,
    )
    impact = state.impacts.of(draft, now_s=NOW_S)
    assert [one.account for one in impact.accounts] == ["y", "x", "w"]
    assert [(one.account, one.programme) for one in impact.exempt] == [("z", "lab")]
    assert (impact.customers, impact.verified, impact.carried_out_on) == (2, 2, 3)
    total = sum(ord(letter) for letter in "hwxyz")
    assert impact.exchanges == sum(ord(letter) for letter in "wxy")
    assert impact.traffic_share == impact.exchanges / total
    assert "1 exempt by a programme" in impact.sentence()
    made = state.decisions.propose(draft, policy=quiet, by="ann", now_s=NOW_S)
    state.decisions.approve(made.id, policy=quiet, by="bob", now_s=NOW_S)
    assert {effect.subject for effect in state.effects.since(0).effects} == {"w", "x", "y"}
    assert state.impacts.of_decision(made, now_s=NOW_S) == impact
    shadow = msgspec.structs.replace(draft, mode=Mode.SHADOW)
    assert state.impacts.of(shadow, now_s=NOW_S).carried_out_on == 0


def test_an_unknown_account_is_touched_too(state):
    draft = Draft(kind=Kind.BLOCK, scope=Scope.ACCOUNT, subject="new", reason="r", reason_code="c", hours=1.0)
    impact = state.impacts.of(draft, now_s=NOW_S)
    assert [one.account for one in impact.accounts] == ["new"]
    assert impact.traffic_share == 0.0
