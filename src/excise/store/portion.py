"""A part of a store in memory: some accounts' observations, asked like the whole."""

from pathlib import Path
from types import TracebackType
from typing import Self

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from excise.open_folder import member
from excise.store.engines import Engine, Settings
from excise.store.tables import SCHEMAS, Tables, ibis_schema, tables


class Portion:
    """Rows in memory that can be asked as a store can. Used by one thread at a time.

    One that is filled again keeps its engine: to start one takes longer than most questions.

    Args:
        spill: a folder for what does not fit in memory.
        engine: a member of ``store/engines``.
        threads: how many the engine may use.
        memory_mib: how much memory the engine may use, in MiB.

    >>> import tempfile
    >>> rows = pa.Table.from_pylist([{"account": "acct_1"}], schema=SCHEMAS["observations"])
    >>> with Portion(Path(tempfile.mkdtemp())) as part:
    ...     part.fill(observations=rows)
    ...     part.run(part.tables.observations.select("account")).to_pylist()
    [{'account': 'acct_1'}]
    """

    def __init__(
        self, spill: Path, *, engine: str = "duckdb", threads: int = 2, memory_mib: int = 512
    ) -> None:
        kind = member("excise.store.engines", Engine, engine)  # type: ignore[type-abstract]
        self._engine = kind.start(Settings(spill=spill, threads=threads, memory_mib=memory_mib))

    def fill(self, **rows: pa.Table) -> None:
        """Hold these rows in place of those before; a table that is not named is empty.

        Args:
            rows: by the names of ``excise.store.tables.SCHEMAS``.
        """
        for name, schema in SCHEMAS.items():
            self._engine.keep(name, rows.get(name, schema.empty_table()).cast(schema))

    @property
    def tables(self) -> Tables:
        """The tables, as expressions."""
        return tables()

    def run(self, expression: ir.Table) -> pa.Table:
        """Execute an expression and return its rows.

        Raises:
            Unanswered: the engine ran out of what it was given.
        """
        return self._engine.run(expression)

    def keep(self, name: str, rows: pa.Table | ir.Table) -> ir.Table:
        """Give rows, or what an expression yields, a name; return it to build on."""
        if name in SCHEMAS:
            raise ValueError(f"{name!r} is a table of the store; give the step another name")
        self._engine.keep(name, rows)
        schema = ibis_schema(rows.schema) if isinstance(rows, pa.Table) else rows.schema()
        return ibis.table(schema, name=name)

    def close(self) -> None:
        """Let go of the engine."""
        self._engine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
