from hypothesis import given
from hypothesis import strategies as st

from excise.service.limits import Rates


@given(gaps=st.lists(st.floats(0, 0.5), min_size=20, max_size=200), per_s=st.floats(1, 50))
def test_no_second_sees_more_than_twice_the_rate(gaps: list[float], per_s: float) -> None:
    at_s = 0.0
    rates = Rates(lambda: at_s)
    taken: list[float] = []
    for gap in gaps:
        at_s += gap
        if not rates.wait_s("t", per_s=per_s):
            taken.append(at_s)
    for begin in taken:
        assert sum(begin <= one <= begin + 1.0 for one in taken) <= 2 * per_s + 2


def test_who_waits_as_told_is_let_through() -> None:
    at_s = 0.0
    rates = Rates(lambda: at_s)
    while not (wait_s := rates.wait_s("t", per_s=10.0)):
        pass
    at_s += wait_s
    assert rates.wait_s("t", per_s=10.0) == 0.0
    assert rates.wait_s("another", per_s=10.0) == 0.0


def test_memory_is_bounded() -> None:
    rates = Rates(lambda: 0.0)
    for n in range(30_000):
        rates.wait_s(str(n), per_s=1.0)
    assert len(rates._full_at) <= 10_000
