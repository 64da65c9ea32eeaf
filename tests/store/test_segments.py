"""Segments keep every value, in little space."""

import io
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from excise.errors import StoreDamaged
from excise.observation.schema import SCHEMA
from excise.store import segments
from excise.store.manifest import Segment

Observed = Callable[..., pa.RecordBatch]


@pytest.fixture
def rows(observed: Observed) -> pa.Table:
    return pa.Table.from_batches([observed(200, days=1)])


@pytest.fixture
def segment(tmp_path: Path, rows: pa.Table) -> Segment:
    return segments.write(tmp_path, rows, key="9a96c06a", day="2025-10-06", number=1)


def test_every_value_comes_back(tmp_path: Path, rows: pa.Table, segment: Segment) -> None:
    back = segments.read(tmp_path, segment)
    assert back.schema.equals(SCHEMA)
    assert back.sort_by("record").equals(rows.sort_by("record"))
    assert segments.read(tmp_path, segment, ["record", "account"]).column_names == ["record", "account"]
    assert segment.rows == 200
    assert segment.size_bytes == (tmp_path / segment.file).stat().st_size


def test_rows_lie_by_account_then_time(tmp_path: Path, segment: Segment) -> None:
    back = segments.read(tmp_path, segment, ["account", "started_at"]).to_pylist()
    known = [(row["account"], row["started_at"]) for row in back if row["account"] is not None]
    assert known == sorted(known)
    assert all(row["account"] is None for row in back[len(known) :])


def test_the_same_rows_make_the_same_file(rows: pa.Table) -> None:
    turned = rows.take(list(range(len(rows)))[::-1])
    assert segments.encode(segments.sort(rows)) == segments.encode(segments.sort(turned))


def test_only_encodings_that_every_engine_reads(rows: pa.Table) -> None:
    metadata = pq.ParquetFile(io.BytesIO(segments.encode(rows))).metadata
    used: set[str] = set()
    for column in range(metadata.num_columns):
        chunk = metadata.row_group(0).column(column)
        assert chunk.compression == "ZSTD"
        used |= set(chunk.encodings)
    assert used == {"PLAIN", "RLE", "RLE_DICTIONARY", "DELTA_BINARY_PACKED"}


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda data: data[:-1], "bytes, and"),
        (lambda data: data[:100] + bytes([data[100] ^ 1]) + data[101:], "not those that were written"),
    ],
)
def test_a_damaged_segment_is_named(
    tmp_path: Path, segment: Segment, damage: Callable[[bytes], bytes], reason: str
) -> None:
    path = tmp_path / segment.file
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(StoreDamaged, match=f"{path}: .*{reason}.*back-up"):
        segments.read(tmp_path, segment)


def test_a_lost_segment_is_named(tmp_path: Path, segment: Segment) -> None:
    (tmp_path / segment.file).unlink()
    with pytest.raises(StoreDamaged, match=f"{segment.file}: No such file"):
        segments.check(tmp_path, segment)
