"""When models came out: harvesters turn to a new one on its first day."""

from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa

from excise.store.moments import moment_us
from excise.store.rows import Layout, Reading, text
from excise.store.rows import read as read_rows

SCHEMA: pa.Schema = pa.schema(
    [pa.field("model", pa.string()), pa.field("released_at", pa.timestamp("us", tz="UTC"))]
)
"""One row is one model."""

_LAYOUT = Layout(
    what="release list",
    schema=SCHEMA,
    converts={"model": text, "released_at": moment_us},
    required=("model", "released_at"),
    inside="models",
)


def read(paths: Iterable[Path]) -> Reading:
    """Read release lists: ``{"models": [{"model": ..., "released_at": ...}]}``, JSON lines, CSV or Parquet.

    Raises:
        BadTable: a file cannot be read, lacks a column, or has not one good row.
    """
    return read_rows(paths, _LAYOUT)
