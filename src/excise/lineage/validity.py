"""What refuses a test, or warns about it, before anyone is asked."""

from typing import Literal

from msgspec import Struct


class Caution(Struct, frozen=True, kw_only=True):
    """Something that speaks against running a test, or against relying on it.

    Attributes:
        severity: ``refuse`` where bits would mean nothing, ``warn`` where a reader has to know.
        name: a word for it, such as ``other-version``.
        text: what is wrong, and the way out.
        rows: the rows of the served file (or of the twins', where the text says so) at fault; the first of
            them, where there are many.
    """

    severity: Literal["refuse", "warn"]
    name: str
    text: str
    rows: tuple[int, ...] = ()
