"""Engines: one file an engine. Named files and an Ibis expression over the names go in, rows come out.

An expression names tables (``ibis.table(schema, name="observations")``) and says nothing of where they are;
the engine binds the names. So features and ties are written once and run wherever Ibis has a backend.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path

import ibis.expr.types as ir
import pyarrow as pa
from msgspec import Struct

from excise.errors import ExciseError


class Unanswered(ExciseError):
    """The engine could not read what a table's files hold, or ran out of what it was given."""


class Settings(Struct, frozen=True, kw_only=True):
    """What an engine may use: threads, memory in MiB, and a folder for what does not fit in memory."""

    spill: Path
    threads: int = 2
    memory_mib: int = 512


class Engine(ABC):
    """A place where expressions are executed. Used by one thread at a time."""

    @classmethod
    @abstractmethod
    def start(cls, settings: Settings) -> "Engine":
        """Return an engine that knows no tables yet."""

    @abstractmethod
    def bind(self, name: str, schema: pa.Schema, files: Sequence[Path]) -> None:
        """Let a name stand for the rows of these Parquet files; without files it is an empty table."""

    @abstractmethod
    def keep(self, name: str, rows: pa.Table | ir.Table) -> None:
        """Let a name stand for these rows, or for what an expression yields now."""

    @abstractmethod
    def run(self, expression: ir.Table) -> pa.Table:
        """Return the rows of an expression. Their order is the engine's unless the expression orders them.

        Raises:
            Unanswered: a file cannot be read, or memory ran out.
        """

    @abstractmethod
    def close(self) -> None:
        """Let go of everything."""
