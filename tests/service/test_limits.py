"""Rates: a second's worth at once, then the pace; who waits takes nothing."""

from hypothesis import given
from hypothesis import strategies as st

from excise.service.limits import Rates


class Clock:
    def __init__(self):
        self.at_s = 0.0

    def __call__(self):
        return self.at_s


@given(st.lists(st.floats(0, 0.3), min_size=1, max_size=200), st.floats(1, 50))
def test_no_more_pass_than_the_pace_and_one_second_allow(gaps, per_s):
    clock = Clock()
    rates, passed = Rates(clock), 0
    for gap in gaps:
        clock.at_s += gap
        passed += rates.wait_s("t", per_s=per_s) == 0.0
    assert passed <= clock.at_s * per_s + per_s + 1


def test_names_do_not_share_and_who_waited_as_told_passes():
    clock = Clock()
    rates = Rates(clock)
    while (wait_s := rates.wait_s("a", per_s=3.0)) == 0.0:
        pass
    assert rates.wait_s("b", per_s=3.0) == 0.0
    clock.at_s += wait_s
    assert rates.wait_s("a", per_s=3.0) == 0.0
