"""A table of a report: what every figure has beside it, laid out by the page in its own way."""

import math
from typing import Literal

from msgspec import Struct

from excise.report import quantities
from excise.report.legible import legible

Kind = Literal["name", "text", "count", "compact", "bits", "weight", "moment", "day"]
Cell = str | int | float | None

_WRITE = {
    "count": quantities.count,
    "compact": quantities.compact,
    "bits": quantities.bits,
    "weight": quantities.weight,
    "moment": quantities.moment,
    "day": quantities.day,
}


class Column(Struct, frozen=True):
    """A column: its heading, and the kind of thing in it, which decides how a cell is written and aligned."""

    name: str
    kind: Kind


class Table(Struct, frozen=True, kw_only=True):
    """Rows under columns. The first column names its row. ``note`` says what the table leaves out.

    ``anchors``, where given, is one link target of the page for each row.
    """

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    anchors: tuple[str, ...] = ()


def write(cell: Cell, kind: Kind) -> str:
    r"""Write a cell for people.

    >>> write(1234, "count"), write("a\tb", "name")
    ('1,234', 'a\\tb')
    """
    if cell is None:
        return quantities.NOTHING
    if isinstance(cell, str):
        return legible(cell, 80 if kind == "name" else 1000) or quantities.NOTHING
    return _WRITE[kind](cell) if kind in _WRITE else str(cell)


def sort_key(cell: Cell) -> str:
    """Return what a cell sorts by in the page: a number in full, "" for a text (its own words serve).

    >>> sort_key(0.5), sort_key("x"), sort_key(float("nan"))
    ('0.5', '', '')
    """
    if isinstance(cell, str) or cell is None or not math.isfinite(cell):
        return ""
    return repr(cell)
