import msgspec
import pytest

from excise.casework.decision import Decision, Degradation, Kind, Limits, Scope, Status


def test_it_holds_from_its_beginning_to_before_its_end():
    one = Decision(
        id="dec-1",
        kind=Kind.BLOCK,
        scope=Scope.ACCOUNT,
        subject="x",
        status=Status.ACTIVE,
        reason="r",
        reason_code="c",
        made_by="ann",
        made_at_s=1.0,
        starts_at_s=10.0,
        until_s=20.0,
    )
    assert [one.holds(at_s=at_s) for at_s in (9.9, 10.0, 19.9, 20.0)] == [False, True, True, False]
    proposed = msgspec.structs.replace(one, status=Status.PROPOSED)
    assert not proposed.holds(at_s=15.0)


def test_kinds_stand_mildest_first():
    assert sorted(Kind, key=lambda kind: kind.severity) == list(Kind)


@pytest.mark.parametrize("kind", [Limits, Degradation])
def test_a_misspelled_limit_is_refused(kind):
    with pytest.raises(msgspec.ValidationError, match="unknown field"):
        msgspec.convert({"rmp": 5}, kind)
