import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from excise.proving_ground.rhythms import (
    Schedule,
    Window,
    alone,
    dealt,
    moments,
    nightly,
    regular,
    runs,
    sittings,
)

START = 1759708800.0
WEEK = Window(START, START + 7 * 86400.0)
counts = st.integers(1, 300)


def _rng(seed=1):
    return np.random.default_rng(seed)


@pytest.mark.parametrize(
    "draw",
    [
        lambda rng, n: moments(rng, n, WEEK._replace(shape="human", offset_h=5.5)),
        lambda rng, n: sittings(rng, n, WEEK)[0],
        lambda rng, n: runs(rng, n, WEEK, number=4, gap_s=3.0),
        lambda rng, n: nightly(rng, n, WEEK, hour=3.0, gap_s=5.0),
        lambda rng, n: regular(rng, n, WEEK, jitter=0.5),
    ],
)
@given(count=counts, seed=st.integers(0, 50))
def test_every_rhythm_gives_that_many_times_in_order_within_the_window(draw, count, seed):
    times = draw(_rng(seed), count)
    assert len(times) == count
    assert (np.diff(times) >= 0).all()
    assert times[0] >= WEEK.start_s
    assert times[-1] <= WEEK.end_s


def test_office_hours_are_kept_in_local_time():
    window = WEEK._replace(shape="office", offset_h=-5.0, weekend=0.0)
    times = moments(_rng(), 4000, window)
    hours = (times / 3600.0 - 5.0) % 24
    assert ((hours > 6) & (hours < 22)).mean() > 0.99
    weekday = ((times - 5 * 3600.0) // 86400 + 3) % 7
    assert (weekday >= 5).mean() < 0.01


def test_a_curve_replaces_the_day():
    curve = np.array([0.0, 1.0])
    times = moments(_rng(), 2000, WEEK._replace(curve=curve))
    assert (((times - START) // 600) % 2 == 1).mean() > 0.999


def test_a_person_pauses_within_a_sitting_and_opens_each():
    _, opens = sittings(_rng(), 400, WEEK, per_sitting=5, gap_s=60)
    assert opens[0]
    assert 50 < opens.sum() < 250


def test_a_nightly_job_starts_at_its_hour():
    times = nightly(_rng(), 70, WEEK, hour=3.0, gap_s=5.0)
    assert (np.abs((times % 86400) / 3600 - 3.0) < 0.1).all()
    assert len(set(times // 86400)) == 7


@given(
    st.lists(st.integers(0, 30), min_size=1, max_size=12).filter(any),
    st.sampled_from(["round", "random", "shifts"]),
    st.integers(0, 99),
)
def test_dealing_keeps_the_counts(shares, order, seed):
    times = np.arange(sum(shares), dtype=float)
    who = dealt(_rng(seed), times, shares, order=order)
    assert np.bincount(who, minlength=len(shares)).tolist() == shares


def test_round_robin_takes_turns():
    who = dealt(_rng(), np.arange(40.0), [10, 10, 10, 10], order="round")
    assert all(len(set(who[n : n + 4])) == 4 for n in range(0, 40, 4))


def test_merged_schedules_are_in_order_and_complete():
    a, b = alone(np.array([3.0, 1.0])), alone(np.array([2.0]), np.array([False]), 1)
    merged = Schedule.merged([a, b])
    assert merged.at_s.tolist() == [1.0, 2.0, 3.0]
    assert merged.who.tolist() == [0, 1, 0]
    assert merged.opens.tolist() == [True, False, True]
