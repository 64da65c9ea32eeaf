"""Moments as people write them."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from excise.store.moments import moment_us
from excise.store.rows import FieldError

MOMENTS = st.datetimes(datetime(1971, 1, 1), datetime(2099, 1, 1))  # noqa: DTZ001


@settings(deadline=None)
@given(MOMENTS, st.integers(-12, 12))
def test_every_spelling_of_a_moment_is_the_same(naive: datetime, hours: int) -> None:
    moment = naive.replace(tzinfo=UTC)
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    at_us = (moment - epoch) // timedelta(microseconds=1)
    elsewhere = moment.astimezone(timezone(timedelta(hours=hours)))
    for spelled in (
        moment,
        naive,
        naive.isoformat(" "),
        moment.isoformat(),
        elsewhere,
        elsewhere.isoformat(),
    ):
        assert moment_us(spelled) == at_us
    assert moment_us(naive.isoformat() + "Z") == at_us
    for seconds in (at_us / 1e6, repr(at_us / 1e6), f" {at_us / 1e6!r} "):
        assert abs((moment_us(seconds) or 0) - at_us) <= 1
    assert moment_us(at_us // 1_000_000) == at_us // 1_000_000 * 1_000_000


def test_a_date_and_a_decimal_are_moments_too() -> None:
    assert moment_us(date(2025, 9, 11)) == moment_us("2025-09-11")
    assert moment_us(Decimal("1757599213.88")) == 1_757_599_213_880_000


@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_nothing_is_none(nothing: object) -> None:
    assert moment_us(nothing) is None


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ("yesterday", "neither epoch seconds nor ISO 8601: 'yesterday'"),
        ("2025-13-01", "neither"),
        (1757599213880, "in milliseconds"),
        ("1757599213880", "in milliseconds"),
        (float("nan"), "no time"),
        ("inf", "no time"),
        (1e300, "no time"),
        (True, "bool, not a time"),
        ([1], "list, not a time"),
        ("9" * 5000, "no time"),
    ],
)
def test_what_is_no_time_is_said(wrong: object, reason: str) -> None:
    with pytest.raises(FieldError, match=reason):
        moment_us(wrong)
