"""Numbers and times as people read them: one way each, here, and nowhere else."""

import math
from datetime import UTC, datetime

NOTHING = "\u2013"
"""What stands where there is no value."""

_LAST_S = 253_402_300_799  # the end of the year 9999, where the calendar of the standard library ends
_STEPS = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k"))


def count(number: float | None) -> str:
    """Write a whole number in full.

    >>> count(1234567)
    '1,234,567'
    """
    return NOTHING if number is None or not math.isfinite(number) else f"{number:,.0f}"


def compact(number: float | None) -> str:
    """Write a number to three digits, for where there is little room.

    >>> compact(31_249_000), compact(950), compact(999_999)
    ('31.2 M', '950', '1 M')
    """
    if number is None or not math.isfinite(number):
        return NOTHING
    for step, letter in _STEPS:
        if abs(number) >= 0.9995 * step:
            return (
                f"{number / step:.3g} {letter}"
                if abs(number) < 999.5 * step
                else f"{number / step:,.0f} {letter}"
            )
    return f"{number:,.0f}"


def bits(number: float | None) -> str:
    r"""Write bits, or a rank, to one decimal.

    >>> bits(19.04), bits(-3.0) == "\N{MINUS SIGN}3.0"
    ('19.0', True)
    """
    return NOTHING if number is None or not math.isfinite(number) else f"{number:,.1f}".replace("-", "\u2212")


def weight(number: float | None) -> str:
    r"""Write a match weight with its sign: above 0 it speaks for, below against.

    >>> weight(8.06), weight(-2.5) == "\N{MINUS SIGN}2.5"
    ('+8.1', True)
    """
    return (
        NOTHING if number is None or not math.isfinite(number) else f"{number:+,.1f}".replace("-", "\u2212")
    )


def moment(at_s: float | None) -> str:
    """Write a time (epoch seconds) to the minute, in UTC.

    >>> moment(1_760_000_000)
    '2025-10-09 08:53'
    """
    return _write(at_s, "%Y-%m-%d %H:%M")


def day(at_s: float | None) -> str:
    """Write a time (epoch seconds) as its day, in UTC.

    >>> day(1_760_000_000)
    '2025-10-09'
    """
    return _write(at_s, "%Y-%m-%d")


def size(length_bytes: int) -> str:
    """Write a number of bytes.

    >>> size(365_000_000)
    '365 MB'
    """
    return f"{compact(length_bytes)}B" if length_bytes >= 1000 else f"{length_bytes} bytes"


def plural(number: int, noun: str) -> str:
    """Write how many of a thing there are.

    >>> plural(1, "campaign"), plural(1200, "account")
    ('1 campaign', '1,200 accounts')
    """
    return f"{count(number)} {noun}" if number == 1 else f"{count(number)} {noun}s"


def _write(at_s: float | None, pattern: str) -> str:
    if at_s is None or not 0 <= at_s <= _LAST_S:  # a log may say anything, also that it is not a number
        return NOTHING
    return datetime.fromtimestamp(at_s, tz=UTC).strftime(pattern)
