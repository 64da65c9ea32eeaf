"""Segments: observations of one key and one day in a Parquet file, small at rest and quick to ask.

Rows are sorted by account, then time, so that what an account repeats (its template, its parameters, its networks)
lies side by side. Names and what repeats go through a dictionary; hashes are kept as they are, for nothing is left in
them to compress but whole repeats; times are kept as differences. The rest is zstd's.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from excise.errors import StoreDamaged
from excise.observation.schema import SCHEMA
from excise.store import durable
from excise.store.manifest import Segment

ROWS_PER_GROUP = 131_072
_ZSTD_LEVEL = 9
_DELTAS = {"started_at": "DELTA_BINARY_PACKED"}
_PLAIN = {"record": "PLAIN"}
_STATISTICS = ["started_at", "account", "model"]
_ORDER = [("account", "ascending"), ("started_at", "ascending"), ("record", "ascending")]


def sort(table: pa.Table) -> pa.Table:
    """Return rows in the order that a segment keeps them in: account, time, record."""
    return table.take(pc.sort_indices(table, sort_keys=_ORDER))


def encode(table: pa.Table) -> bytes:
    """Return a Parquet file of observations, which must be of the schema and in order."""
    sink = pa.BufferOutputStream()
    encoded = {**_DELTAS, **_PLAIN}
    pq.write_table(
        table,
        sink,
        row_group_size=ROWS_PER_GROUP,
        compression="zstd",
        compression_level=_ZSTD_LEVEL,
        use_dictionary=[path for path in _leaves() if path not in encoded],
        column_encoding=encoded,
        write_statistics=_STATISTICS,
        store_schema=False,
    )
    return sink.getvalue().to_pybytes()


def write(folder: Path, table: pa.Table, *, key: str, day: str, number: int) -> Segment:
    """Write the next segment under ``observations/``. It exists once the manifest names it, and its folder is synced."""
    data = encode(sort(table))
    segment = Segment(key, day, number, table.num_rows, len(data), _digest(data))
    durable.write(folder / segment.file, data)
    return segment


def read(folder: Path, segment: Segment, columns: Sequence[str] | None = None) -> pa.Table:
    """Return the rows of a segment after making sure that it is what was written.

    Raises:
        StoreDamaged: it is not.
    """
    data = check(folder, segment)
    return pq.read_table(pa.BufferReader(data), columns=columns).cast(
        SCHEMA if columns is None else pa.schema([SCHEMA.field(name) for name in columns])
    )


def check(folder: Path, segment: Segment) -> bytes:
    """Return the bytes of a segment, which are those that were written.

    Raises:
        StoreDamaged: they are not, or the file is gone.
    """
    path = folder / segment.file
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _damaged(path, error.strerror or "it cannot be read") from None
    if len(data) != segment.size_bytes:
        raise _damaged(path, f"it has {len(data):,} bytes, and {segment.size_bytes:,} were written")
    if _digest(data) != segment.digest:
        raise _damaged(path, "its bytes are not those that were written")
    return data


def _damaged(path: Path, reason: str) -> StoreDamaged:
    return StoreDamaged(f"{path}: {reason}; restore the file from a back-up, or scan the logs into a new store")


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def _leaves() -> list[str]:
    return [f"{f.name}.list.element" if pa.types.is_list(f.type) else f.name for f in SCHEMA]
