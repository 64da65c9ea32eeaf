"""Rows of any file, and why some are set aside."""

import csv
import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from excise.errors import BadTable
from excise.store.rows import BadRow, FieldError, Layout, read, text

SCHEMA = pa.schema([("name", pa.string()), ("color", pa.string())])
LAYOUT = Layout("list of things", SCHEMA, {"name": text, "color": text}, required=("name",), inside="things")
Row = dict[str, str | None]
NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
ROWS = st.lists(
    st.fixed_dictionaries({"name": NAMES.filter(str.strip), "color": NAMES}), min_size=1, max_size=8
)


def as_csv(rows: list[Row], delimiter: str = ",") -> bytes:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, ["name", "color"], delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def as_lines(rows: list[Row]) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def as_document(rows: list[Row]) -> bytes:
    return json.dumps({"things": rows}, indent=1).encode()


def as_parquet(rows: list[Row]) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows, schema=SCHEMA), out)
    return out.getvalue()


SPELLINGS: list[Callable[[list[Row]], bytes]] = [
    as_csv,
    lambda rows: as_csv(rows, ";"),
    lambda rows: as_csv(rows, "\t"),
    lambda rows: b"\xef\xbb\xbf" + as_csv(rows),
    lambda rows: gzip.compress(as_csv(rows)),
    as_lines,
    lambda rows: b"\xef\xbb\xbf" + as_lines(rows),
    lambda rows: gzip.compress(as_lines(rows)),
    as_document,
    lambda rows: json.dumps(rows).encode(),
    as_parquet,
]


@settings(deadline=None)
@given(ROWS)
def test_every_spelling_of_the_same_rows_is_the_same(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Row]
) -> None:
    path = tmp_path_factory.mktemp("rows") / "things"
    expected: dict[str, str | None] = {}
    for row in rows:
        expected[str(row["name"]).strip()] = str(row["color"]).strip() or None
    for spelling in SPELLINGS:
        path.write_bytes(spelling(rows))
        reading = read([path], LAYOUT)
        assert reading.bad == ()
        assert dict(zip(*reading.table.to_pydict().values(), strict=True)) == expected
        assert reading.table.schema == SCHEMA


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "things"


def test_bad_rows_are_set_aside_with_their_place(path: Path) -> None:
    path.write_bytes(b'name,color\none,red\n,blue\nthree\nfour,"a\nb",c\nfive,\xff\nsix,"gr\nay"\nseven,"\n')
    reading = read([path], LAYOUT)
    assert reading.table.column("name").to_pylist() == ["one", "six", "seven"]
    assert reading.bad == (
        BadRow(str(path), 3, "name", "is missing"),
        BadRow(str(path), 4, None, "it has 1 fields, and the header 2"),
        BadRow(str(path), 6, None, "it has 3 fields, and the header 2"),
        BadRow(str(path), 7, "color", "is not UTF-8"),
    )


def test_bad_lines_are_set_aside_with_their_place(path: Path) -> None:
    lines = [
        b'{"name": "one"}',
        b"",
        b"{",
        b"[1]",
        b'{"name": 2}',
        b'{"name": [3]}',
        b'{"name": true}',
        b"{\xff}",
    ]
    lines += [
        b'{"name": "' + b"x" * (2 << 20) + b'"}',
        b'{"name": "\\ud800"}',
        b"[" * 100_000,
        b'{"name": "last"}',
    ]
    path.write_bytes(b"\n".join(lines))
    reading = read([path], LAYOUT._replace(inside=None))
    assert reading.table.column("name").to_pylist() == ["one", "2", "last"]
    assert [(bad.line, bad.field) for bad in reading.bad] == [
        (3, None),
        (4, None),
        (6, "name"),
        (7, "name"),
        (8, None),
        (9, None),
        (10, None),
        (11, None),
    ]
    assert "list, not text" in reading.bad[2].reason
    assert "longer than" in reading.bad[5].reason


def test_the_last_of_a_name_is_taken_and_said(path: Path, tmp_path: Path) -> None:
    path.write_bytes(as_lines([{"name": "a", "color": "red"}, {"name": "b"}, {"name": "a", "color": "blue"}]))
    other = tmp_path / "other"
    other.write_bytes(as_lines([{"name": "b", "color": "green"}]))
    reading = read([path, other], LAYOUT)
    assert reading.table.to_pylist() == [{"name": "a", "color": "blue"}, {"name": "b", "color": "green"}]
    assert reading.repeated == ("a", "b")


@pytest.mark.parametrize("spelling", [as_csv, as_lines, as_parquet])
def test_unknown_columns_are_named_and_not_kept(path: Path, spelling: Callable[[list[Row]], bytes]) -> None:
    layout = Layout("list of names", SCHEMA.remove(1), {"name": text}, required=("name",))
    path.write_bytes(spelling([{"name": "a", "color": "red"}]))
    reading = read([path], layout)
    assert reading.ignored == ("color",)
    assert reading.table.to_pylist() == [{"name": "a"}]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"nome,color\na,red\n", "has no column 'name'; it has: nome, color. Its columns are: name, color"),
        (b"n\xffme\na\n", "has no column 'name'"),
        (b'{"nome": "a"}\n', "not one row.*line 1, name: is missing"),
        (b"[1, 2]", "not one row"),
        (b"PAR1 and nothing else", "cannot be read"),
        (gzip.compress(b"name,color\na,red\n" * 99, mtime=0)[:-9], "cannot be read"),
        (gzip.compress(b"name,color\na,red\n", mtime=0)[:12] + b"\xff\xff\xff\xff", "cannot be read"),
        (b"\x1f\x8b", "cannot be read"),
        (b"x" * 200_000 + b"\n", "cannot be read"),
    ],
)
def test_a_file_that_is_no_table_is_named(path: Path, data: bytes, message: str) -> None:
    path.write_bytes(data)
    with pytest.raises(BadTable, match=f"{path}: .*{message}"):
        read([path], LAYOUT)


def test_a_parquet_file_of_other_columns_is_named(path: Path) -> None:
    pq.write_table(pa.table({"nome": ["a"]}), path)
    with pytest.raises(BadTable, match="has no column 'name'; it has: nome"):
        read([path], LAYOUT)


def test_a_file_that_is_not_there_is_named(path: Path) -> None:
    with pytest.raises(BadTable, match=f"{path}: .*No such file"):
        read([path], LAYOUT)


@pytest.mark.parametrize("data", [b"", b"name,color\n", b"[]"])
def test_no_rows_are_no_error(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    assert read([path], LAYOUT).table.num_rows == 0


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("rows") / "things"
    for start in (b"", b"name,color\n", b'{"name": "a"}\n', b"[", b"PAR1", b"\x1f\x8b"):
        path.write_bytes(start + data)
        try:
            reading = read([path], LAYOUT)
        except BadTable as error:
            str(error).encode()  # can be printed
        else:
            str(reading.bad).encode()


@pytest.mark.parametrize("value", [1.5, True, [], {}, b"a", "\ud800"])
def test_what_is_no_name(value: object) -> None:
    with pytest.raises(FieldError):
        text(value)


def test_a_parquet_row_that_python_cannot_hold_is_set_aside(tmp_path: Path) -> None:
    out = io.BytesIO()
    moments = pa.array([0, 2**60, 1], pa.timestamp("us"))  # the second lies beyond the year 9999
    pq.write_table(pa.table({"name": ["a", "b", "c"], "color": moments}), out)
    (tmp_path / "file").write_bytes(out.getvalue())
    layout = LAYOUT._replace(converts={"name": text, "color": lambda value: value and str(value)})
    reading = read([tmp_path / "file"], layout)
    assert reading.table["name"].to_pylist() == ["a", "c"]
    (bad,) = reading.bad
    assert (bad.line, bad.field) == (2, None)
    assert "cannot be read" in bad.reason
