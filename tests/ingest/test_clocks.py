from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from excise.ingest.clocks import SILENT, Clocks, silences
from excise.ingest.exchange import Exchange

AT = 1_759_708_800.25


def exchange(at_s: float, end_s: float | None = None) -> Exchange:
    return Exchange(record_id="r", started_at_s=at_s, ended_at_s=end_s)


def test_a_logger_that_waits_for_replies_is_in_order() -> None:
    clocks = Clocks()
    clocks.add("log", [exchange(AT + 600), exchange(AT), exchange(AT + 700)])
    assert clocks.out_of_order == 0


def test_a_clock_that_is_hours_off_is_out_of_order_within_its_file_alone() -> None:
    clocks = Clocks()
    clocks.add("log", [exchange(AT + 7_200)])
    clocks.add("log", [exchange(AT), exchange(AT + 7_201)])
    clocks.add("other", [exchange(AT - 90_000)])
    assert (clocks.out_of_order, clocks.furthest_back_s) == (1, 7_200.0)
    assert (clocks.from_s, clocks.to_s) == (AT - 90_000, AT + 7_201)


def test_ends_whole_seconds_and_the_future() -> None:
    clocks = Clocks(latest_s=AT)
    clocks.add("log", [exchange(AT, AT - 1), exchange(AT, AT), exchange(AT + 1), exchange(1_759_708_800.0)])
    assert (clocks.ends_before_start, clocks.with_end, clocks.ahead_of_time, clocks.whole_seconds) == (
        1,
        2,
        1,
        1,
    )


def test_nights_are_no_silence() -> None:
    hours = {day * 24 + hour: 40 for day in range(7) for hour in range(8, 20)}
    assert silences(hours) == []


def test_a_lost_afternoon_is() -> None:
    hours = {day * 24 + hour: 40 for day in range(7) for hour in range(8, 20)}
    for hour in (13, 14, 15):
        del hours[3 * 24 + hour]
    (one,) = silences(hours)
    assert (one.from_s, one.to_s, one.expected) == ((3 * 24 + 13) * 3600.0, (3 * 24 + 16) * 3600.0, 120.0)


def test_a_short_log_compares_with_the_hours_around() -> None:
    assert silences({0: 30, 1: 30, 3: 30, 4: 30})[0].expected == 30.0
    assert silences({0: 30, 1: 3, 3: 3, 4: 30}) == []  # it faded, and came back slowly


def test_quiet_logs_have_no_silence() -> None:
    assert silences(dict.fromkeys(range(0, 200, 3), 1)) == []
    assert silences({}) == []


def test_two_logs_years_apart_take_no_time() -> None:
    assert len(silences({0: 1_000, 700_000: 1_000})) == 1


@given(st.dictionaries(st.integers(0, 400), st.integers(0, 60), max_size=60))
def test_silences_are_apart_and_say_enough(hours: dict[int, int]) -> None:
    found = sorted(silences(hours), key=lambda one: one.from_s)
    for one in found:
        assert one.expected >= SILENT - 0.05
        assert one.from_s < one.to_s
        assert not any(hours.get(h) for h in range(int(one.from_s // 3600), int(one.to_s // 3600)))
    assert all(a.to_s < b.from_s for a, b in pairwise(found))
