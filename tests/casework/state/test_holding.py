import pytest

from excise.casework.refusals import HeldByAnother, NoSuchRecord, NotAsThingsStand
from excise.casework.state import holding

NOW_S = 1_790_000_000.0


def test_which_case_and_who_holds_it(lite):
    case = lite.cases.open("t", ["x"], by="ann", now_s=NOW_S).id
    lite.cases.lock(case, by="ann", now_s=NOW_S)
    with lite.database.writing(by="bob", now_s=NOW_S + 60) as writing:
        assert holding.live_case_of(writing, "x") == case
        assert holding.live_case_of(writing, "y") is None
        assert holding.cases_of(writing, "x") == [case]
        assert holding.actor_of(writing, "x") is None
        with pytest.raises(HeldByAnother, match="for 14 more minutes; ask ann"):
            holding.demand_free(writing, case)
        with pytest.raises(NoSuchRecord):
            holding.demand(writing, "case-none")
        holding.demand_alive(holding.demand(writing, case))
        with pytest.raises(NotAsThingsStand, match="go on there"):
            holding.demand_alive({"id": case, "status": "merged", "merged_into": "case-2"})
