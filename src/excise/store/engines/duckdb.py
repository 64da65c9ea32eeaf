"""DuckDB, inside this process: the default. It spills to disk what does not fit in the memory it is given."""

import glob
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb
import ibis
import ibis.backends.duckdb as backend
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa

from excise.store.engines import Engine, Settings, Unanswered

_SPELLED = 256
# What is wrong with the question, and neither with the files nor with the memory.
_ILL_ASKED = (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException, duckdb.SyntaxException)


class DuckDB(Engine):
    """Expressions run in DuckDB over Parquet files.

    >>> import tempfile
    >>> engine = DuckDB.start(Settings(spill=Path(tempfile.mkdtemp())))
    >>> engine.keep("numbers", pa.table({"n": [1, 2, 3]}))
    >>> numbers = ibis.table({"n": "int64"}, name="numbers")
    >>> engine.run(numbers.agg(sum=numbers.n.sum())).to_pylist()
    [{'sum': 6}]
    >>> engine.close()
    """

    def __init__(self, connection: backend.Backend) -> None:
        self._ibis = connection
        self._kinds: dict[str, str] = {}
        self._spelled: OrderedDict[ops.Node, str] = OrderedDict()

    @classmethod
    def start(cls, settings: Settings) -> "DuckDB":
        """Open an in-memory database in UTC that may use what the settings allow, and no network."""
        # DuckDB makes the folder when it comes to that, but not the one above it. Where none can be made,
        # as on a disk that can only be read, all goes well as long as memory does.
        with suppress(OSError):
            settings.spill.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return cls(
            ibis.duckdb.connect(
                threads=settings.threads,
                memory_limit=f"{settings.memory_mib}MiB",
                temp_directory=str(settings.spill),
                autoinstall_known_extensions=False,
                autoload_known_extensions=False,
            )
        )

    def bind(self, name: str, schema: pa.Schema, files: Sequence[Path]) -> None:
        """Let a name stand for the rows of these Parquet files; without files it is an empty table."""
        self._drop(name)
        if not files:
            self._ibis.con.register(name, schema.empty_table())
            self._kinds[name] = "VIEW"
            return
        with _said():
            # DuckDB takes a name for a pattern.
            names = [glob.escape(str(file)) for file in files]
            rows = self._ibis.con.read_parquet(names, hive_partitioning=False)
            rows.create_view(name, replace=True)
        self._kinds[name] = "VIEW"

    def keep(self, name: str, rows: pa.Table | ir.Table) -> None:
        """Let a name stand for these rows. What an expression yields goes into a table, which can spill."""
        if isinstance(rows, pa.Table):
            self._drop(name)
            self._ibis.con.register(name, rows)
            self._kinds[name] = "VIEW"
            return
        with _said():
            new = f"{name} (new)"
            self._ibis.con.execute(f"DROP TABLE IF EXISTS {_quoted(new)}")  # as a failure may have left it
            self._ibis.create_table(new, rows, temp=True)
            self._drop(name)
            self._ibis.con.execute(f"ALTER TABLE {_quoted(new)} RENAME TO {_quoted(name)}")
        self._kinds[name] = "TABLE"

    def run(self, expression: ir.Table) -> pa.Table:
        """Return the rows of an expression."""
        # To put a question into SQL takes longer than to answer it on little; a service asks again and again.
        node = expression.op()
        if node.find(ops.InMemoryTable):  # these are made known with each question
            with _said():
                given: pa.Table = self._ibis.to_pyarrow(expression)
            return given
        sql = self._spelled.get(node) or str(self._ibis.compile(expression))
        self._spelled[node] = sql
        self._spelled.move_to_end(node)
        if len(self._spelled) > _SPELLED:
            self._spelled.popitem(last=False)
        with _said():
            rows: pa.Table = self._ibis.con.sql(sql).to_arrow_table()
        return rows.cast(expression.schema().to_pyarrow())

    def close(self) -> None:
        """Let go of the database and its memory."""
        self._ibis.disconnect()

    def _drop(self, name: str) -> None:
        kind = self._kinds.pop(name, None)
        if kind == "TABLE":
            self._ibis.con.execute(f"DROP TABLE IF EXISTS {_quoted(name)}")
        elif kind == "VIEW":
            self._ibis.con.execute(f"DROP VIEW IF EXISTS {_quoted(name)}")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


@contextmanager
def _said() -> Iterator[None]:
    """Turn what DuckDB says of files and memory into our own error."""
    try:
        yield
    except _ILL_ASKED:
        raise
    except duckdb.OutOfMemoryException as error:
        raise Unanswered(f"duckdb: {error}; give it more memory, or ask about fewer days") from None
    except duckdb.Error as error:
        raise Unanswered(f"duckdb: {error}") from None
