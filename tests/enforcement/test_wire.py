import pytest

from excise.casework.decision import Degradation, Kind, Limits, Scope
from excise.enforcement.wire import CutOff, Head, changes_of, effects_of, head_of, written


def lines(body):
    return iter(body.decode().splitlines())


def effects_and_lifted(kit):
    effects = (
        *tuple(
            kit.effect(f"a{n}", Kind.THROTTLE, limits=Limits(rpm=n), degradation=Degradation(max_tokens=n))
            for n in range(1234)
        ),
        kit.effect("203.0.113.0/24", scope=Scope.ADDRESS, simulated=True),
        kit.effect("line\nend\u2028"),
    )
    return effects, tuple(kit.lifted(one) for one in effects[:5])


def test_what_was_written_is_read(kit):
    effects, lifted = effects_and_lifted(kit)
    body = b"".join(written(Head(sequence=7, whole=False, reference_key=b"\0key"), effects, lifted))
    read = iter(body.split(b"\n"))
    head = head_of(read)
    assert head == Head(sequence=7, whole=False, reference_key=b"\0key")
    changes = changes_of(head, read)
    assert (changes.effects, changes.lifted, changes.sequence) == (effects, lifted, 7)
    whole = iter(b"".join(written(Head(sequence=7, whole=True), effects)).split(b"\n"))
    head_of(whole)
    assert tuple(effects_of(whole)) == effects


def test_a_body_that_was_cut_off_is_never_a_table(kit):
    body = b"".join(written(Head(sequence=7, whole=True), [kit.effect(f"a{n}") for n in range(20)]))
    for end in range(0, len(body) - 1, 13):
        read = iter(body[:end].split(b"\n"))
        with pytest.raises(CutOff):
            list(effects_of(read)) if head_of(read) else None
    missing = body.split(b"\n")
    del missing[5]
    read = iter(missing)
    head_of(read)
    with pytest.raises(CutOff, match="has 19 lines and says 20"):
        list(effects_of(read))
