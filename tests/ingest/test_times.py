import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from excise.errors import Unreadable
from excise.ingest.times import DAY_S, EARLIEST_S, LATEST_S, after_s, epoch_s, near_s


@given(
    at_ms=st.integers(int(EARLIEST_S) * 1000, int(LATEST_S) * 1000 - 1),
    unit=st.sampled_from([1e-3, 1, 1e3, 1e6]),
)
def test_units_are_told_apart(at_ms: int, unit: float) -> None:
    assert epoch_s(at_ms * unit, "t") == pytest.approx(at_ms / 1e3, abs=1e-3)


@pytest.mark.parametrize(
    ("text", "at_s"),
    [
        ("2025-10-06T00:00:00Z", 1759708800.0),
        ("2025-10-06 00:00:00", 1759708800.0),
        ("2025-10-06T02:00:00+02:00", 1759708800.0),
        ("2025-10-06 00:00:00 UTC", 1759708800.0),
        ("2025-10-06T00:00:00.250000Z", 1759708800.25),
        ("2025-10-06T00:00:00.250000999Z", 1759708800.25),
        ("20251006T000000Z", 1759708800.0),
        ("1759708800.25", 1759708800.25),
        ("1759708800250", 1759708800.25),
        (" 2025-10-06T00:00:00Z ", 1759708800.0),
    ],
)
def test_texts(text: str, at_s: float) -> None:
    assert epoch_s(text, "t") == pytest.approx(at_s, abs=1e-6)


@pytest.mark.parametrize(
    "value",
    [
        0,
        -1,
        5,
        1e300,
        10**400,
        math.inf,
        -math.inf,
        math.nan,
        "",
        "x",
        "nan",
        "inf",
        "1e999",
        "0001-01-01",
        "9999-12-31",
        "2014-12-31T23:59:59Z",
        "2101-01-01",
        "0001-01-01T00:00:00+14:00",
        "1_759_708_800_000_000_000_000_000",
    ],
)
def test_what_is_no_time_is_refused_by_name(value: float | str) -> None:
    with pytest.raises(Unreadable, match=r"^startTime: "):
        epoch_s(value, "startTime")


def test_reasons_are_short() -> None:
    for value in ("9" * 5_000, "x" * 5_000, int("9" * 400)):
        with pytest.raises(Unreadable) as caught:
            epoch_s(value, "t")
        assert len(str(caught.value)) < 150


@given(st.one_of(st.none(), st.integers(), st.floats(), st.just("")))
def test_a_second_time_is_within_a_day_or_absent(value: float | None) -> None:
    found = near_s(value, 1759708800.0, "endTime")
    assert found is None or abs(found - 1759708800.0) <= DAY_S


def test_a_second_time_that_is_no_time_is_refused() -> None:
    with pytest.raises(Unreadable, match="endTime"):
        near_s("soon", 1759708800.0, "endTime")


def test_waits() -> None:
    assert after_s(1.0, 500) == 1.5
    assert after_s(1.0, DAY_S * 1e3 + 1) is None
    assert after_s(1.0, math.nan) is None
