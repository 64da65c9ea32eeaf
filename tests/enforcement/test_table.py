import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from excise.casework.decision import Changes, Effect, Kind, Lifted, Scope
from excise.enforcement import table as module
from excise.enforcement.table import DecisionTable


def block(subject, scope=Scope.ACCOUNT, *, simulated=False, decision="dec-1", until_s=100.0, starts_at_s=0.0):
    return Effect(
        scope=scope,
        subject=subject,
        simulated=simulated,
        decision=decision,
        kind=Kind.BLOCK,
        starts_at_s=starts_at_s,
        until_s=until_s,
        reason_code="r",
    )


def changes(sequence, *effects, lifted=(), whole=False):
    gone = tuple(Lifted(scope=e.scope, subject=e.subject, simulated=e.simulated) for e in lifted)
    return Changes(sequence=sequence, whole=whole, effects=effects, lifted=gone)


def table_of(*effects):
    table = DecisionTable(seed=3)
    table.apply(changes(1, *effects, whole=True), at_s=0.0)
    return table


subjects = st.sampled_from(["a", "b", "c", "d", "e"])
steps = st.lists(
    st.lists(
        st.tuples(subjects, st.booleans(), st.sampled_from([Scope.ACCOUNT, Scope.END_USER]), st.booleans()),
        max_size=4,
    ),
    max_size=12,
)


@given(steps, st.integers(0, 3))
@settings(max_examples=60, deadline=None)
def test_deltas_come_to_the_same_as_the_whole(turns, settle_every):
    table, held = table_of(), {}
    for n, turn in enumerate(turns, 2):
        put = {
            (s, sc, si): block(s, sc, simulated=si, decision=f"d{n}") for s, lift, sc, si in turn if not lift
        }
        gone = [block(s, sc, simulated=si) for s, lift, sc, si in turn if lift and (s, sc, si) not in put]
        table.apply(changes(n, *put.values(), lifted=gone), at_s=1.0)
        for one in gone:
            held.pop((one.subject, one.scope, one.simulated), None)
        held |= put
        if settle_every and n % settle_every == 0:
            table.settle(at_s=1.0)
    assert {(e.subject, e.scope, e.simulated): e for e in table.effects()} == held
    for subject in "abcde":
        for scope in (Scope.ACCOUNT, Scope.END_USER):
            for simulated in (False, True):
                found = table.find(scope, subject, at_s=5.0, simulated=simulated)
                assert found == held.get((subject, scope, simulated))


def test_an_effect_holds_from_its_start_to_before_its_end():
    table = table_of(block("a", starts_at_s=10.0, until_s=20.0))
    assert [table.find(Scope.ACCOUNT, "a", at_s=at) is not None for at in (9.9, 10.0, 19.9, 20.0)] == [
        False,
        True,
        True,
        False,
    ]


def test_old_changes_change_nothing_and_the_same_ones_may_come_again():
    table = table_of()
    newer = changes(5, block("a", decision="dec-5"))
    assert table.apply(newer, at_s=1.0)
    assert not table.apply(changes(4, block("a", decision="dec-4")), at_s=1.0)
    assert table.apply(newer, at_s=1.0)
    assert table.find(Scope.ACCOUNT, "a", at_s=1.0).decision == "dec-5"
    assert table.sequence == 5


def test_a_whole_table_replaces_everything_also_one_with_a_lower_number():
    table = table_of(block("a"))
    table.apply(changes(9, block("b")), at_s=1.0)
    table.apply(changes(2, block("c"), whole=True), at_s=1.0)
    assert [e.subject for e in table.effects()] == ["c"]
    assert table.sequence == 2


def test_a_table_that_breaks_off_leaves_the_old_one():
    table = table_of(block("a"))

    def breaks():
        yield block("b")
        raise OSError

    with pytest.raises(OSError):  # noqa: PT011
        table.fill(breaks(), sequence=7)
    assert (table.sequence, [e.subject for e in table.effects()]) == (1, ["a"])


def test_all_that_holds_for_a_caller_is_found():
    table = table_of(
        block("acme"),
        block("acme/ann", Scope.END_USER),
        block("203.0.113.0/24", Scope.ADDRESS),
        block("203.0.113.9", Scope.ADDRESS, simulated=True),
    )
    held = table.held(accounts=("x", "acme"), end_user="acme/ann", address="203.0.113.9", at_s=1.0)
    assert [one.subject for one in held.live] == ["acme", "acme/ann", "203.0.113.0/24"]
    assert [one.subject for one in held.simulated] == ["203.0.113.9"]
    assert table.held(accounts=("y",), end_user="y/ann", address="198.51.100.1", at_s=1.0) is module.NOTHING


def test_prefixes_that_come_by_deltas_are_looked_for_too():
    table = table_of()
    table.apply(changes(2, block("2001:db8::/32", Scope.ADDRESS)), at_s=1.0)
    assert table.held(accounts=(), end_user=None, address="2001:db8:5::1", at_s=1.0).live
    table.settle(at_s=1.0)
    assert table.held(accounts=(), end_user=None, address="2001:db8:5::1", at_s=1.0).live


def test_many_changes_settle_by_themselves_and_what_ended_is_forgotten(monkeypatch):
    monkeypatch.setattr(module, "_MOST_ABOVE", 10)
    table = table_of(block("old", until_s=5.0))
    table.apply(changes(2, *(block(f"a{n}") for n in range(40))), at_s=9.0)
    assert len(table) == 40
    assert len(table._layers[0].above) == 0


def test_lookups_go_on_while_another_thread_applies():
    table = table_of(*(block(f"a{n}") for n in range(3_000)))
    stop, wrong = threading.Event(), []

    def look():
        while not stop.is_set():
            if table.find(Scope.ACCOUNT, "a7", at_s=1.0) is None or table.find(Scope.ACCOUNT, "b", at_s=1.0):
                wrong.append(1)

    thread = threading.Thread(target=look)
    thread.start()
    for n in range(2, 60):
        table.apply(changes(n, block(f"x{n}"), lifted=[block(f"a{n + 10}")]), at_s=1.0)
        if n % 5 == 0:
            table.settle(at_s=1.0)
    stop.set()
    thread.join()
    assert not wrong
