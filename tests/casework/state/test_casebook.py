import pytest

from excise.casework.refusals import NoSuchRecord, NotAsThingsStand
from excise.casework.state import casebook, holding

NOW_S = 1_790_000_000.0


def test_a_case_without_accounts_is_empty(lite):
    with lite.database.writing(by="loop", now_s=NOW_S) as writing:
        case = casebook.begin(writing, "a sentence", campaign="campaign-a", actor="actor-a")
        there = casebook.read(writing, case)
        assert (there.accounts, there.size, there.opened_by) == ((), 0, "loop")
        with pytest.raises(NotAsThingsStand, match="and not closed"):
            casebook.reopen(writing, holding.demand(writing, case), "b")
        with pytest.raises(NoSuchRecord):
            casebook.read(writing, "case-none")


def test_by_linking_only_what_people_put_in_stays_by_hand(lite):
    one = lite.cases.open("t", ["x"], by="ann", now_s=NOW_S).id
    other = lite.cases.open("u", ["y"], by="ann", now_s=NOW_S).id
    with lite.database.writing(by="loop", now_s=NOW_S) as writing:
        assert casebook.merge(writing, other, one, "b", by_hand=False) == {"x", "y"}
    assert lite.cases.get(one).by_hand == {"x": True, "y": True}
    assert lite.cases.get(other).merged_into == one
