import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from excise.casework.case import CaseFilter, CaseOrder
from excise.errors import BadSetting

NOW_S = 1_790_000_000.0


@settings(max_examples=30)
@given(st.binary(max_size=40))
def test_a_place_that_is_none_is_refused(data):
    from excise.casework.state.paging import _place

    text = base64.urlsafe_b64encode(data).decode().rstrip("=")
    try:
        value, key = _place(text)
    except BadSetting:
        return
    assert isinstance(value, int | float | str)
    assert isinstance(key, str)


def test_ties_are_settled_by_the_key(lite):
    for number in range(9):
        lite.cases.open("t", [f"a{number}"], by="ann", now_s=NOW_S)
    seen, after = [], None
    while True:
        page = lite.cases.list(CaseFilter(order=CaseOrder.BITS), after=after, most=2)
        seen += [case.id for case in page.cases]
        after = page.after
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 9
    with pytest.raises(BadSetting):
        lite.cases.list(CaseFilter(), after="\ud800")


def test_a_place_of_another_order_is_refused(state):
    from excise.casework.standing import StandingFilter, StandingOrder
    from excise.casework.state.paging import _token

    with pytest.raises(BadSetting):
        state.standings.list(StandingFilter(), after=_token("x", "x"))
    with pytest.raises(BadSetting):
        state.standings.list(StandingFilter(order=StandingOrder.ACCOUNT), after=_token(5.0, "x"))
    assert state.standings.list(StandingFilter(), after=_token(1e300, "x")).standings == ()
