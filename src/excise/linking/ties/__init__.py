"""Kinds of ties: one file a reason to believe that two accounts have one owner, or do not.

A tie belongs to a *block* of reasons that tend to agree because of one cause: ``script`` (what is sent),
``network`` (where from, with what), ``payment``, ``sign_up``, ``corpus`` (what it is about), ``time`` (when).
Within a block the strongest tie counts in full and the others 15 %, so that one cause is not counted
many times over.

There are two forms. A ``SharedValue`` is a value that several accounts carry; its weight is the log2 of a
likelihood ratio for carrying the very same value, m / u, where u is how often a value this rare is carried
*by independent owners* (Fellegi and Sunter 1969, with value-specific u; Winkler 1989) and m (``agreement``)
how often two accounts of one owner carry the same. A ``Resemblance`` is measured between two accounts that
share some value already.
"""

from abc import ABC, abstractmethod
from typing import ClassVar, Literal

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from msgspec import Struct
from numpy.typing import NDArray

from excise.store.tables import Tables

Block = Literal["script", "network", "payment", "sign_up", "corpus", "time"]
BLOCKS: tuple[Block, ...] = ("script", "network", "payment", "sign_up", "corpus", "time")

I64 = NDArray[np.int64]
F64 = NDArray[np.float64]


class Sharing(Struct, frozen=True, kw_only=True):
    """How a value is shared: by how many accounts inside an actor of ``size``, by how many owners outside.

    ``detail`` is what the tie's own expression says of the value (a length, say), None where it says nothing.
    """

    inside: int
    size: int
    outside: int
    detail: float | None = None

    @property
    def elsewhere(self) -> str:
        """Say in words who else carries the value."""
        if self.outside == 0:
            return "which no other account does"
        return f"which {self.outside:,} other account{'s do' if self.outside > 1 else ' does'} too"


class Pairs(Struct, frozen=True):
    """Pairs of accounts, as positions in ``accounts``: ``one`` and ``other`` have shape (pairs,)."""

    accounts: pa.Array
    one: I64
    other: I64


class Tie(ABC):
    """A reason to believe that two accounts have one owner."""

    block: ClassVar[Block]


class SharedValue(Tie):
    """A value that several accounts carry."""

    agreement: ClassVar[float]
    """m: how often two accounts of one owner carry the same value. An assumption of the model, not a fit to
    any log."""

    most: ClassVar[float]
    """The weight that even a value seen nowhere else cannot pass.

    What can be copied, resold or hit on by chance may be common in the world and rare in this log. Six words
    can be anybody's; a payment instrument hardly.
    """

    @abstractmethod
    def carriers(self, tables: Tables) -> ir.Table:
        """Return an expression: one row an account and value, with ``account``, ``value`` and ``detail``."""

    @abstractmethod
    def sentence(self, sharing: Sharing) -> str:
        """Say to an analyst what the accounts share; no words of exchanges."""


class Resemblance(Tie):
    """How alike, or how apart, two accounts are in something that every account has."""

    @abstractmethod
    def traits(self, tables: Tables) -> ir.Table:
        """Return an expression with the rows about each ``account`` that the comparison needs."""

    @abstractmethod
    def weights(self, traits: pa.Table, pairs: Pairs) -> F64:
        """Return the match weight of each pair (log2 of a likelihood ratio; below 0 against one owner)."""

    @abstractmethod
    def sentence(self, traits: pa.Table, accounts: list[str]) -> str:
        """Say to an analyst in what the accounts of one actor resemble each other."""
