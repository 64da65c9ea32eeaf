"""``among``: a column holds one of many values, asked with one parameter however many there are.

``IN`` with thousands of parameters is compiled, bound and parsed anew each time, which takes longer than the
question. SQLite reads the values from one text of JSON, PostgreSQL from one array.
"""

from collections.abc import Collection
from typing import Any, Self

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.types import TypeDecorator, TypeEngine


def among(column: sa.ColumnElement[str] | sa.Column[str], values: Collection[str]) -> sa.ColumnElement[bool]:
    """Return the condition that a column of text holds one of some values.

    >>> print(among(sa.column("account"), ["a", "b"]).compile(dialect=postgresql.dialect()))
    account = ANY (%(param_1)s::TEXT[])
    """
    return _Among(column, sa.literal(list(values), type_=_Texts()))


class _Texts(TypeDecorator[list[str]]):
    """Texts as one parameter."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> TypeEngine[Any]:
        """Return what an engine takes."""
        takes: TypeEngine[Any] = sa.Text()
        if dialect.name == "postgresql":
            takes = postgresql.ARRAY(sa.Text)
        return dialect.type_descriptor(takes)

    def process_bind_param(self, value: list[str] | None, dialect: sa.Dialect) -> object:
        """Return the texts as the engine takes them."""
        return value if dialect.name == "postgresql" else msgspec.json.encode(value).decode()


class _Among(FunctionElement[bool]):
    name = "among"
    type = sa.Boolean()
    inherit_cache = True

    def self_group(self, against: OperatorType | None = None) -> Self:  # noqa: ARG002
        """Return it as it is: ``… = 1``, as engines without booleans are told, would use no index."""
        return self


@compiles(_Among, "sqlite")
def _in_sqlite(element: _Among, compiler: SQLCompiler, **options: object) -> str:
    column, values = (compiler.process(one, **options) for one in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({values}))"


@compiles(_Among, "postgresql")
def _in_postgresql(element: _Among, compiler: SQLCompiler, **options: object) -> str:
    column, values = (compiler.process(one, **options) for one in element.clauses)
    return f"{column} = ANY ({values})"
