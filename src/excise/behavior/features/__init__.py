"""Features: one file a number that says what an actor does, over the window that the store holds.

A feature is an expression over the observations of actors: one row an actor, columns ``actor`` and ``value``.
An actor without a row has no such value (too few exchanges, a field that the log lacks): unknown is not zero.
Features say what is; whether it is suspicious is for detectors.
"""

from abc import ABC, abstractmethod
from typing import ClassVar, NamedTuple

import ibis.expr.types as ir


class View(NamedTuple):
    """What a feature may ask.

    ``exchanges`` are the observations with a column ``actor``; ``several`` are those of actors that have two
    accounts or more; ``accounts`` has one row for each account
    seen, with ``account``, ``actor`` and what the directory knows (null where it knows nothing);
    ``addresses`` and ``releases`` are as in ``excise.store.tables``.
    """

    exchanges: ir.Table
    several: ir.Table
    accounts: ir.Table
    addresses: ir.Table
    releases: ir.Table


class Feature(ABC):
    """A number that says what an actor does."""

    unit: ClassVar[str]
    """What the number counts: accounts, share, days, bits, ..."""

    @abstractmethod
    def of(self, view: View) -> ir.Table:
        """Return an expression with one row an actor: ``actor`` (string) and ``value`` (float)."""
