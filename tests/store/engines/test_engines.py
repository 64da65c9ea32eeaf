"""What every engine does, ours and those of other packages."""

from collections.abc import Iterator
from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from excise.open_folder import members
from excise.store.engines import Engine, Settings, Unanswered

ENGINES = members("excise.store.engines", Engine)  # type: ignore[type-abstract]
SCHEMA = pa.schema([("name", pa.string()), ("n", pa.uint64()), ("at", pa.timestamp("us", tz="UTC"))])
NUMBERS = ibis.table(ibis.Schema.from_pyarrow(SCHEMA), name="numbers")


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    started = ENGINES[request.param].start(Settings(spill=tmp_path / "spill"))
    yield started
    started.close()


def written(path: Path, *numbers: int) -> Path:
    rows = [{"name": "é", "n": n, "at": 0} for n in numbers]
    pq.write_table(pa.Table.from_pylist(rows, schema=SCHEMA), path)
    return path


def test_a_name_stands_for_files(engine: Engine, tmp_path: Path) -> None:
    hostile = tmp_path / "key=it's\"; --" / "[a]*?{b,c}**" / "day=2025-10-06"
    hostile.mkdir(parents=True)
    files = [written(hostile / "1.parquet", 1, 2**64 - 1), written(tmp_path / "2.parquet", 3)]
    engine.bind("numbers", SCHEMA, files)
    assert engine.run(NUMBERS.order_by("n")).cast(SCHEMA).column("n").to_pylist() == [1, 3, 2**64 - 1]
    assert engine.run(NUMBERS).column_names == SCHEMA.names
    engine.bind("numbers", SCHEMA, files[1:])
    assert engine.run(NUMBERS).column("n").to_pylist() == [3]
    engine.bind("numbers", SCHEMA, [])
    assert engine.run(NUMBERS).num_rows == 0
    assert engine.run(NUMBERS).cast(SCHEMA).schema == SCHEMA
    engine.bind("numbers", SCHEMA, files)
    assert engine.run(NUMBERS).num_rows == 3


def test_times_are_utc(engine: Engine, tmp_path: Path) -> None:
    engine.bind("numbers", SCHEMA, [written(tmp_path / "1.parquet", 1)])
    assert engine.run(NUMBERS.select(hour=NUMBERS["at"].hour())).to_pylist() == [{"hour": 0}]


def test_a_name_stands_for_rows(engine: Engine, tmp_path: Path) -> None:
    engine.keep("numbers", pa.Table.from_pylist([{"n": 5}], schema=SCHEMA))
    assert engine.run(NUMBERS).column("n").to_pylist() == [5]
    for _ in range(2):  # the second time it replaces what it is built on
        engine.keep("numbers", NUMBERS.mutate(n=NUMBERS.n + 1).cast(dict(NUMBERS.schema().items())))
    assert engine.run(NUMBERS).column("n").to_pylist() == [7]
    engine.bind("numbers", SCHEMA, [written(tmp_path / "1.parquet", 1)])
    assert engine.run(NUMBERS).column("n").to_pylist() == [1]


def test_rows_in_memory_can_be_joined(engine: Engine, tmp_path: Path) -> None:
    engine.bind("numbers", SCHEMA, [written(tmp_path / "1.parquet", 1, 2)])
    given = ibis.memtable(pa.table({"n": pa.array([2], pa.uint64()), "what": ["two"]}))
    assert engine.run(NUMBERS.join(given, "n").select("what")).to_pylist() == [{"what": "two"}]


@pytest.mark.parametrize("data", [b"", b"PAR1", b"x" * 1000, b"PAR1" + b"x" * 1000 + b"PAR1"])
def test_a_file_that_is_none_is_said(engine: Engine, tmp_path: Path, data: bytes) -> None:
    path = written(tmp_path / "1.parquet", 1)
    engine.bind("numbers", SCHEMA, [path])
    path.write_bytes(data)
    with pytest.raises(Unanswered):
        engine.run(NUMBERS)
    with pytest.raises(Unanswered):
        engine.keep("step", NUMBERS)


def test_a_file_that_is_gone_is_said(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(Unanswered):
        engine.bind("numbers", SCHEMA, [tmp_path / "nowhere.parquet"])
    path = written(tmp_path / "1.parquet", 1)
    engine.bind("numbers", SCHEMA, [path])
    path.unlink()
    with pytest.raises(Unanswered):
        engine.run(NUMBERS)
