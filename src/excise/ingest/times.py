"""Times of a log as epoch seconds.

Numbers are epoch seconds, milliseconds, microseconds or nanoseconds, told apart by their size: for any time
between 2015 and 2100 the four cannot be confused. Strings are ISO 8601 (or a number in quotes). **A string
without a zone is taken for UTC**, as gateways and databases write it. Times before 2015 (no such model was
served) and after 2100 are
refused: they are a wrong unit or a broken clock, and would stretch every window.
"""

from datetime import UTC, datetime

from excise.errors import Unreadable

EARLIEST_S = 1_420_070_400.0
"""2015-01-01T00:00:00Z."""
LATEST_S = 4_102_444_800.0
"""2100-01-01T00:00:00Z."""
DAY_S = 86_400.0

_UNITS = (1.0, 1e3, 1e6, 1e9)


def epoch_s(value: float | str, field: str) -> float:
    """Return a time in epoch seconds.

    Raises:
        Unreadable: it is no time, or lies before 2015 or after 2100.

    >>> epoch_s(1759708800.25, "startTime"), epoch_s(1759708800250, "startTime")
    (1759708800.25, 1759708800.25)
    >>> epoch_s("2025-10-06 00:00:00", "startTime"), epoch_s("2025-10-06T02:00:00+02:00", "startTime")
    (1759708800.0, 1759708800.0)
    >>> epoch_s("yesterday", "startTime")
    Traceback (most recent call last):
    excise.errors.Unreadable: startTime: 'yesterday' is no time; ISO 8601 and epoch numbers are read
    """
    if isinstance(value, str):
        return _from_text(value, field)
    if EARLIEST_S <= value < LATEST_S:
        return float(value)
    for unit in _UNITS[1:]:
        if EARLIEST_S * unit <= value < LATEST_S * unit:
            return value / unit
    raise Unreadable(
        f"{field}: {str(value)[:40]} lies outside 2015 to 2100 in any unit from seconds to nanoseconds"
    )


def near_s(value: float | str | None, started_at_s: float, field: str) -> float | None:
    """Return a second time of an exchange, None where it is absent or more than a day from the first.

    A reply takes minutes. What lies further away is a clock that was set, or a default such as 1970.

    >>> near_s(1759708801.5, 1759708800.0, "endTime")
    1759708801.5
    >>> near_s(0, 1759708800.0, "endTime") is None
    True
    """
    if value is None or value in (0, ""):
        return None
    try:
        at_s = epoch_s(value, field)
    except Unreadable:
        if isinstance(value, str):
            raise
        return None
    return at_s if abs(at_s - started_at_s) <= DAY_S else None


def after_s(started_at_s: float, wait_ms: float | None) -> float | None:
    """Return a second time of an exchange from how long after the first it was.

    >>> after_s(1759708800.0, 1500), after_s(1759708800.0, -1), after_s(1759708800.0, None)
    (1759708801.5, None, None)
    """
    return started_at_s + wait_ms / 1e3 if wait_ms is not None and 0 <= wait_ms <= DAY_S * 1e3 else None


def _from_text(value: str, field: str) -> float:
    text = value.strip().removesuffix(" UTC")
    try:
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        moment = None
    if moment is not None:
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        at_s = moment.timestamp()
        if EARLIEST_S <= at_s < LATEST_S:
            return at_s
        raise Unreadable(f"{field}: {text[:40]!r} lies outside 2015 to 2100")
    try:
        number = float(text)
    except ValueError:
        number = None
    if number is None or not EARLIEST_S <= number < LATEST_S * 1e9:
        raise Unreadable(f"{field}: {text[:40]!r} is no time; ISO 8601 and epoch numbers are read")
    return epoch_s(number, field)
