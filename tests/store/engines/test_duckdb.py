"""The default engine keeps to what it is given."""

from pathlib import Path

import ibis
import pyarrow as pa
import pytest

from excise.store.engines import Settings, Unanswered
from excise.store.engines.duckdb import DuckDB

NUMBERS = ibis.table({"n": "int64"}, name="numbers")


def sorted_rows(engine: DuckDB) -> list[int]:
    engine.keep("numbers", pa.table({"n": range(1_000_000)}))
    wide = NUMBERS.mutate(text=NUMBERS.n.cast("string").lpad(60, "x"))
    ordered = wide.order_by(wide.text.desc()).limit(900_000)
    answer: list[int] = engine.run(ordered.agg(n=ordered.n.nunique())).column("n").to_pylist()
    return answer


def test_it_spills_to_its_folder_within_its_memory(tmp_path: Path) -> None:
    engine = DuckDB.start(Settings(spill=tmp_path / "of a store" / "spill" / "123", memory_mib=60))
    assert sorted_rows(engine) == [900_000]
    engine.close()


def test_too_little_memory_is_said(tmp_path: Path) -> None:
    (tmp_path / "spill").write_bytes(b"not a folder")
    engine = DuckDB.start(Settings(spill=tmp_path / "spill", memory_mib=60))
    with pytest.raises(Unanswered, match="duckdb: "):
        sorted_rows(engine)
    engine.close()
