"""Random observations, and stores to put them in."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest

from excise.observation.schema import SCHEMA
from excise.observation.secret import Keyring
from excise.store.reading import StoreReader
from excise.store.store import Store

START_US = 1_759_708_800_000_000  # 2025-10-06 00:00 UTC
DAY_US = 86_400_000_000


def random_batch(rows: int, *, seed: int = 0, days: int = 3, accounts: int = 12) -> pa.RecordBatch:
    """Return observations with a value or a null in every column that may hold one."""
    rng = np.random.default_rng(seed)
    columns = {
        "record": pa.array([rng.bytes(16) for _ in range(rows)], pa.binary(16)),
        "started_at": pa.array(START_US + rng.integers(0, days * DAY_US, rows), pa.int64()).cast(
            SCHEMA.field("started_at").type
        ),
        "account": pa.array([f"acct_{n}" for n in rng.integers(0, accounts, rows)], mask=gaps(rng, rows)),
    }
    for field in SCHEMA:
        if field.name not in columns:
            columns[field.name] = random_column(field, rows, rng)
    return pa.RecordBatch.from_arrays([columns[name] for name in SCHEMA.names], schema=SCHEMA)


def random_column(field: pa.Field, rows: int, rng: np.random.Generator) -> pa.Array:
    """Return values from the whole range of a type, and nulls."""
    kind = field.type
    mask = gaps(rng, rows)
    if pa.types.is_list(kind):
        word = kind.value_type.to_pandas_dtype()
        counts = rng.integers(0, 5, rows)
        lists = [rng.integers(0, np.iinfo(word).max, n, dtype=word, endpoint=True).tolist() for n in counts]
        return pa.array([None if gap else hashes for gap, hashes in zip(mask, lists, strict=True)], kind)
    if pa.types.is_string(kind):
        values: object = [f"{field.name} {n} é" for n in rng.integers(0, 5, rows)]
    elif pa.types.is_boolean(kind):
        values = rng.random(rows) < 0.5
    elif pa.types.is_floating(kind):
        values = rng.random(rows).astype(np.float32)
    else:
        word = kind.to_pandas_dtype()
        limits = np.iinfo(word)
        values = rng.integers(limits.min, limits.max, rows, dtype=word, endpoint=True)
    return pa.array(values, kind, mask=mask)


def gaps(rng: np.random.Generator, rows: int) -> npt.NDArray[np.bool_]:
    """Return where a fifth of the values is missing."""
    return rng.random(rows) < 0.2


@pytest.fixture
def observed() -> Callable[..., pa.RecordBatch]:
    """Make random observations."""
    return random_batch


@pytest.fixture
def ring() -> Keyring:
    """One deployment's secret."""
    return Keyring.in_memory(bytes(range(32)))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a store may be."""
    return tmp_path / "store"


@pytest.fixture
def store(path: Path, ring: Keyring) -> Iterator[Store]:
    """An empty store, open to write."""
    with Store.open(path, ring) as opened:
        yield opened


@pytest.fixture
def rows_of() -> Callable[[StoreReader], list[dict[str, object]]]:
    """Return all rows that a question sees, by record."""

    def answer(store: StoreReader) -> list[dict[str, object]]:
        rows: list[dict[str, object]] = store.run(store.observations().order_by("record")).to_pylist()
        return rows

    return answer


@pytest.fixture
def rows_in() -> Callable[..., list[dict[str, object]]]:
    """Return the distinct rows of some batches, by record."""

    def answer(*batches: pa.RecordBatch) -> list[dict[str, object]]:
        found = {row["record"]: row for batch in batches for row in batch.to_pylist()}
        return [found[record] for record in sorted(found)]

    return answer
