"""Moments as a provider's tables write them: epoch seconds or ISO 8601."""

import math
from datetime import UTC, date, datetime
from decimal import Decimal

from excise.store.rows import FieldError

_MICROSECONDS = 1_000_000
_LATEST_S = 4_102_444_800  # 2100-01-01: what is later was meant otherwise


def moment_us(value: object) -> int | None:
    """Return epoch microseconds of epoch seconds, of ISO 8601 text (UTC where it does not say), or of a date.

    Raises:
        FieldError: it is none of these; the message says what is wrong.

    >>> moment_us(1757599213.88), moment_us("1757599213.88"), moment_us("2025-09-11T14:00:13.880Z")
    (1757599213880000, 1757599213880000, 1757599213880000)
    """
    if isinstance(value, str):
        value = value.strip() or None
    if value is None:
        return None
    if isinstance(value, datetime):
        seconds = _epoch_s(value)
    elif isinstance(value, date):
        seconds = _epoch_s(datetime(value.year, value.month, value.day, tzinfo=UTC))
    elif isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        seconds = float(value)
    elif isinstance(value, str):
        seconds = _of_text(value)
    else:
        raise FieldError(f"is {type(value).__name__}, not a time")
    if not math.isfinite(seconds) or not -_LATEST_S <= seconds <= _LATEST_S:
        hint = "; is it in milliseconds? Give seconds" if math.isfinite(seconds) and seconds > 0 else ""
        raise FieldError(f"is no time in epoch seconds: {seconds!r}{hint}")
    return round(seconds * _MICROSECONDS)


def _of_text(value: str) -> float:
    try:
        return float(value)
    except ValueError:
        pass
    try:
        return _epoch_s(datetime.fromisoformat(value))
    except (ValueError, OverflowError):
        raise FieldError(f"is neither epoch seconds nor ISO 8601: {value[:40]!r}") from None


def _epoch_s(value: datetime) -> float:
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()
