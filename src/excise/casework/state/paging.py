"""Pages of long lists: the next begins after the last row seen; a page costs the same wherever it is."""

import base64
from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa

from excise.casework.state.database import Reading, Row
from excise.errors import BadSetting

MOST = 1_000


class Page(NamedTuple):
    """Rows, and where the next page begins; None where this is the last."""

    rows: Sequence[Row]
    after: str | None


def page(
    reading: Reading,
    statement: sa.Select[Any],
    order: sa.ColumnElement[Any],
    key: sa.ColumnElement[str],
    *,
    after: str | None,
    most: int,
    ascending: bool = False,
) -> Page:
    """Return a page of a statement's rows by a column, the most first; its key settles what is equal.

    Raises:
        BadSetting: ``after`` is from no page.
    """
    most = max(1, min(most, MOST))
    if after is not None:
        place = _place(after)
        if isinstance(place[0], str) is not (order.type.python_type is str):
            raise _strange()
        here, there = sa.tuple_(order, key), sa.tuple_(*map(sa.literal, place))
        statement = statement.where(here > there if ascending else here < there)
    by = (order, key) if ascending else (order.desc(), key.desc())
    rows = reading.rows(statement.order_by(*by).limit(most + 1))
    if len(rows) <= most:
        return Page(rows, None)
    last = rows[most - 1]
    return Page(rows[:most], _token(last[order.key], last[key.key]))  # type: ignore[index]


def _token(value: float | str, key: str) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode((value, key))).decode().rstrip("=")


def _place(after: str) -> tuple[float | str, str]:
    try:
        data = base64.urlsafe_b64decode(after + "=" * (-len(after) % 4))
        return msgspec.json.decode(data, type=tuple[float | str, str])
    except (msgspec.DecodeError, ValueError):
        raise _strange() from None


def _strange() -> BadSetting:
    return BadSetting("this is from no page of a list; begin at the first")
