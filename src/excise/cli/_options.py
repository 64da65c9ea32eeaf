"""The values that options of more than one verb take."""

import math
import sys
from typing import BinaryIO

import click

SEED = click.IntRange(0, 2**31 - 1)
"""What the clustering and the generators of random numbers both take."""


class Finite(click.FloatRange):
    """A number between two bounds that is a number: NaN is in no range, and click lets it through.

    >>> Finite(0, 1).convert("nan", None, None)
    Traceback (most recent call last):
    click.exceptions.BadParameter: nan is no finite number.
    """

    def convert(self, value: float | str, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the number.

        Raises:
            BadParameter: it is none, or lies outside the bounds.
        """
        number = float(super().convert(value, param, ctx))  # type: ignore[arg-type]
        if not math.isfinite(number):
            self.fail(f"{value} is no finite number.", param, ctx)
        return number


def stdin() -> BinaryIO | None:
    """Return standard input as bytes, None where the process was started without one."""
    return sys.stdin.buffer if sys.stdin is not None else None
