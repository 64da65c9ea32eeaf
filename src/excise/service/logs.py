"""Structured lines: what happened, where, to what; never what customers wrote, and never a secret.

Only names that are listed here reach a line, and of an error only its class and where it was raised: its text
may quote what it choked on.
"""

import logging
import sys
import traceback
from collections.abc import Callable
from typing import TextIO

import msgspec

from excise.errors import ExciseError

FIELDS = (
    "endpoint", "status", "method", "took_s", "token", "count", "size_bytes", "pid", "address", "file",
    "offset", "records", "rejected", "lag_s", "sequence", "decisions",
)  # fmt: skip
"""What a line may say besides its event."""

_LOGGER = "excise"


def log(event: str, **fields: str | float | None) -> None:
    """Write a line.

    >>> log("started", words="no")
    Traceback (most recent call last):
    ValueError: a line says no 'words'; the fields are listed in FIELDS
    """
    for name in fields:
        if name not in FIELDS:
            raise ValueError(f"a line says no {name!r}; the fields are listed in FIELDS")
    logging.getLogger(_LOGGER).info(event, extra={"fields": fields})


def log_error(event: str, error: BaseException) -> None:
    """Write a line about an error: its class and the place, and its text only where it is one of ours."""
    logging.getLogger(_LOGGER).error(event, exc_info=error, extra={"fields": {}})


class Lines(logging.Formatter):
    """Formats records of any logger: those of libraries without their arguments.

    Args:
        clock: epoch seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__()
        self._clock = clock

    def format(self, record: logging.LogRecord) -> str:
        """Return one line of JSON."""
        own = record.name == _LOGGER
        line: dict[str, object] = {
            "at_s": round(self._clock(), 3),
            "level": record.levelname.lower(),
            "event": record.getMessage() if own else str(record.msg).strip(),
        }
        if not own:
            line["logger"] = record.name
        line |= {name: value for name, value in getattr(record, "fields", {}).items() if value is not None}
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            line["error"] = type(error).__name__
            if isinstance(error, ExciseError):
                line["text"] = str(error)
            frames = traceback.extract_tb(error.__traceback__)
            line["where"] = [f"{frame.name}:{frame.lineno}" for frame in frames[-5:]]
        return msgspec.json.encode(line).decode()


def set_up(clock: Callable[[], float], stream: TextIO | None = None) -> None:
    """Write all lines of this process to a stream, standard error where None; called once, when it starts."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(Lines(clock))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger(_LOGGER).setLevel(logging.INFO)
