import math

import pytest

from excise.report import quantities


@pytest.mark.parametrize("write", [quantities.count, quantities.compact, quantities.bits, quantities.weight])
@pytest.mark.parametrize("number", [None, math.nan, math.inf, -math.inf])
def test_what_is_not_a_number_is_a_dash(write, number):
    assert write(number) == quantities.NOTHING


@pytest.mark.parametrize("at_s", [None, math.nan, math.inf, -1.0, 1e300])
def test_what_is_not_a_time_is_a_dash(at_s):
    assert quantities.moment(at_s) == quantities.NOTHING
    assert quantities.day(at_s) == quantities.NOTHING


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (999, "999"),
        (1000, "1 k"),
        (12_345, "12.3 k"),
        (999_499, "999 k"),
        (999_500, "1 M"),
        (4e9, "4 B"),
    ],
)
def test_compact_numbers(number, text):
    assert quantities.compact(number) == text


def test_the_calendar_ends_without_an_error():
    assert quantities.moment(253_402_300_799) == "9999-12-31 23:59"
    assert quantities.day(0) == "1970-01-01"


def test_sizes():
    assert quantities.size(12) == "12 bytes"
    assert quantities.size(1_500) == "1.5 kB"
