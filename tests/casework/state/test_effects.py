import pytest

from excise.casework.decision import Draft, Kind, Scope
from excise.casework.state.effects import KEPT_S

NOW_S = 1_790_000_000.0


def block(account, **fields):
    values = {
        "kind": Kind.BLOCK,
        "scope": Scope.ACCOUNT,
        "subject": account,
        "reason": "r",
        "reason_code": "c",
        "hours": 2.0,
        "act": True,
        **fields,
    }
    return Draft(**values)


def test_deltas_add_up_to_the_whole(state, quiet):
    """A gateway that asks now and then, in pages, knows what one knows that asks once."""
    table, sequence = {}, 0
    made = []
    for step in range(24):
        who = "abc"[step % 3]
        if step % 4 == 3 and made:
            one = made.pop(0)
            state.decisions.undo(one.id, because="b", policy=quiet, by="bob", now_s=NOW_S + step)
        else:
            kind = Kind.BLOCK if step % 2 else Kind.OBSERVE
            made.append(
                state.decisions.propose(block(who, kind=kind), policy=quiet, by=who, now_s=NOW_S + step)
            )
        if step % 5:
            continue
        while True:
            changes = state.effects.since(sequence, most=2)
            if changes.whole:
                table = {}
            table.update({(e.scope, e.subject, e.simulated): e for e in changes.effects})
            for gone in changes.lifted:
                table.pop((gone.scope, gone.subject, gone.simulated), None)
            sequence = changes.sequence
            if not changes.more:
                break
    changes = state.effects.since(sequence)
    table.update({(e.scope, e.subject, e.simulated): e for e in changes.effects})
    for gone in changes.lifted:
        table.pop((gone.scope, gone.subject, gone.simulated), None)
    whole = state.effects.since(0)
    assert whole.whole
    assert table == {(e.scope, e.subject, e.simulated): e for e in whole.effects}


def test_an_address_and_an_actor_without_a_case(state, quiet, found, campaign_of):
    state.standings.receive(found(honest=["h1", "h2"]), quiet, now_s=NOW_S)
    net = block("203.0.113.0/24", scope=Scope.ADDRESS)
    state.decisions.propose(net, policy=quiet, by="ann", now_s=NOW_S)
    assert state.effects.current(Scope.ADDRESS, "203.0.113.0/24")[0].actor is None
    actor = block("actor-h1", scope=Scope.ACTOR)
    made = state.decisions.propose(actor, policy=quiet, by="ann", now_s=NOW_S)
    (effect,) = state.effects.of_decision(made.id)
    assert (effect.subject, effect.actor) == ("h1", "actor-h1")
    one = campaign_of("h1", ["h1", "h2"], bits=2.0)
    moved = found(one).standings
    state.standings.receive(type(found())(at_s=NOW_S, standings=moved, campaigns=()), quiet, now_s=NOW_S + 5)
    assert {effect.subject for effect in state.effects.of_decision(made.id)} == {"h1", "h2"}


def test_what_was_lifted_long_ago_is_forgotten_and_late_gateways_ask_anew(state, quiet):
    one = state.decisions.propose(block("x"), policy=quiet, by="ann", now_s=NOW_S)
    state.decisions.undo(one.id, because="b", policy=quiet, by="bob", now_s=NOW_S + 1)
    two = state.decisions.propose(block("y"), policy=quiet, by="ann", now_s=NOW_S + 2)
    assert state.effects.forget_lifted(now_s=NOW_S + KEPT_S) == 0
    assert not state.effects.since(1).whole
    assert state.effects.forget_lifted(now_s=NOW_S + KEPT_S + 2) == 1
    late = state.effects.since(1)
    assert late.whole
    assert [effect.decision for effect in late.effects] == [two.id]
    assert not state.effects.since(2).whole
    assert state.effects.since(99).whole, "a number from another life"


@pytest.mark.parametrize("most", [1, 2, 3])
def test_the_first_answer_in_pages(state, quiet, most):
    for account in "abcde":
        state.decisions.propose(block(account), policy=quiet, by=account, now_s=NOW_S)
    seen, sequence, wholes = [], 0, []
    for _ in range(9):
        changes = state.effects.since(sequence, most=most)
        seen += [effect.subject for effect in changes.effects]
        wholes.append(changes.whole)
        sequence = changes.sequence
        if not changes.more:
            break
    assert seen == list("abcde")
    assert wholes[0]
    assert not any(wholes[1:])
