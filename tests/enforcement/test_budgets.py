import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from excise.casework.decision import Limits
from excise.enforcement import budgets as module
from excise.enforcement.budgets import BURST_S, Budgets

gaps = st.lists(st.floats(0, 20), min_size=1, max_size=200)


@given(gaps, st.integers(1, 600))
@settings(deadline=None)
def test_no_stretch_of_time_gives_more_than_the_rate_and_one_bucket(waits, rpm):
    budgets, at_s, admitted = Budgets(), 0.0, []
    for wait in waits:
        at_s += wait
        if budgets.take("a", Limits(rpm=rpm), at_s=at_s).admitted:
            admitted.append(at_s)
    bucket = max(rpm * BURST_S / 60, 1.0)
    for first in range(0, len(admitted), 7):
        for last in range(first, len(admitted)):
            assert last - first + 1 <= bucket + rpm * (admitted[last] - admitted[first]) / 60 + 1e-6


@given(gaps, st.integers(1, 100))
@settings(deadline=None)
def test_who_waits_as_long_as_was_said_is_let_through(waits, rpm):
    budgets, at_s = Budgets(), 0.0
    for wait in waits:
        at_s += wait
        taken = budgets.take("a", Limits(rpm=rpm), at_s=at_s)
        if not taken.admitted:
            at_s += taken.retry_after_s + 1e-6
            assert budgets.take("a", Limits(rpm=rpm), at_s=at_s).admitted


def test_tokens_are_taken_afterwards_and_one_request_may_overshoot():
    budgets, limits = Budgets(), Limits(tpm=600)
    assert budgets.take("a", limits, at_s=0.0).admitted
    budgets.charge("a", limits, 400, at_s=0.0)
    refused = budgets.take("a", limits, at_s=0.0)
    assert not refused.admitted
    assert refused.retry_after_s == pytest.approx((400 - 100 + 1) / 10)
    assert budgets.take("a", limits, at_s=30.2).admitted


def test_the_accounts_of_an_actor_share_and_others_do_not():
    budgets, limits = Budgets(), Limits(rpm=6)
    assert budgets.take("actor x", limits, at_s=0.0).admitted
    assert not budgets.take("actor x", limits, at_s=0.0).admitted
    assert budgets.take("account y", limits, at_s=0.0).admitted


def test_nothing_is_allowed_where_nothing_may_be_and_all_where_nothing_is_said():
    budgets = Budgets()
    refused = budgets.take("a", Limits(rpm=0), at_s=0.0)
    assert (refused.admitted, refused.retry_after_s) == (False, 60.0)
    assert all(budgets.take("b", Limits(), at_s=0.0).admitted for _ in range(1_000))
    assert len(budgets) == 1


def test_a_share_is_of_every_limit():
    budgets, limits = Budgets(share=0.5), Limits(rpm=24)
    assert sum(budgets.take("a", limits, at_s=0.0).admitted for _ in range(10)) == 2


def test_a_clock_that_goes_back_brings_nothing():
    budgets, limits = Budgets(), Limits(rpm=6)
    assert budgets.take("a", limits, at_s=100.0).admitted
    assert not budgets.take("a", limits, at_s=50.0).admitted
    assert not budgets.take("a", limits, at_s=55.0).admitted
    assert budgets.take("a", limits, at_s=60.0).admitted


def test_idle_buckets_are_forgotten_and_debts_are_not(monkeypatch):
    monkeypatch.setattr(module, "_SWEEP_AT", 50)
    budgets, limits = Budgets(), Limits(rpm=60, tpm=60)
    budgets.charge("debtor", limits, 100_000, at_s=0.0)
    for n in range(1_000):
        budgets.take(f"a{n}", limits, at_s=float(n))
    assert len(budgets) < 300
    assert not budgets.take("debtor", limits, at_s=1_000.0).admitted
