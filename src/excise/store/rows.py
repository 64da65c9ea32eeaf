"""Rows of the tables that a provider brings: from CSV, JSON lines, JSON or Parquet, packed or not.

What is in a file is told by looking at it, not by its name. A bad row is set aside with the file, the line,
the field and the reason; the others go on. Of a column that nobody asked for nothing is kept but its name.
"""

import csv
import gzip
import io
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, NamedTuple

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
from msgspec import Struct

from excise.errors import BadTable

_LONGEST_LINE_BYTES = 1 << 20
_MOST_NAMES = 100

Convert = Callable[[object], object]
"""What makes a field's value of what a file holds, or raises a ``FieldError``."""


class FieldError(ValueError):
    """A value that a field cannot hold; the message says what is wrong with it, as in "is missing"."""


class BadRow(Struct, frozen=True, gc=False):
    """A row that was set aside. ``line`` counts from 1: the line of a text, the row of another file."""

    file: str
    line: int
    field: str | None
    reason: str


class Reading(Struct, frozen=True):
    """What was read.

    ``repeated`` are the keys that came more than once, of which the last was taken; ``ignored`` the columns
    that were not asked for.
    """

    table: pa.Table
    bad: tuple[BadRow, ...]
    repeated: tuple[str, ...]
    ignored: tuple[str, ...]


class Layout(NamedTuple):
    """What a table is made of. ``schema`` has the fields in order, the first of which is the key.

    ``required`` are the fields that a row cannot do without; ``inside`` is the name under which a JSON
    document holds the rows.
    """

    what: str
    schema: pa.Schema
    converts: Mapping[str, Convert]
    required: tuple[str, ...]
    inside: str | None = None


class _Raw(NamedTuple):
    """One row as a file holds it, or why there is none."""

    line: int
    values: Mapping[str, object]
    reason: str | None = None


def read(paths: Iterable[Path], layout: Layout) -> Reading:
    """Read the rows of some files into one table, in the order of their first coming.

    Raises:
        BadTable: a file cannot be read, a required column is in none of its rows, or every row is bad.
    """
    columns: list[list[object]] = [[] for _ in layout.schema]
    place: dict[object, int] = {}
    bad: list[BadRow] = []
    repeated: dict[str, None] = {}
    ignored: dict[str, None] = {}
    same: dict[object, object] = {}
    for path in paths:
        before = len(bad)
        rows = 0
        for raw in _rows(path, layout):
            rows += 1
            values = _converted(path, raw, layout, bad, ignored)
            if values is None:
                continue
            at = place.setdefault(values[0], len(columns[0]))
            if at < len(columns[0]):
                repeated[str(values[0])] = None
                for column, value in zip(columns, values, strict=True):
                    column[at] = value
            else:
                for column, value in zip(columns, values, strict=True):
                    column.append(same.setdefault(value, value))
        if rows and len(bad) - before == rows:
            first = bad[before]
            raise BadTable(
                f"{path}: not one row of this {layout.what} can be read; line {first.line}, "
                f"{first.field or 'all of it'}: {first.reason}. "
                f"Its columns are: {', '.join(layout.schema.names)}"
            )
    arrays = [pa.array(column, field.type) for column, field in zip(columns, layout.schema, strict=True)]
    return Reading(
        pa.Table.from_arrays(arrays, schema=layout.schema),
        tuple(bad),
        tuple(repeated),
        tuple(sorted(ignored)),
    )


def text(value: object) -> str | None:
    """Return a name: text or a whole number, without the white space around it; nothing is None.

    >>> text(" acct_1 "), text(17), text("")
    ('acct_1', '17', None)
    """
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise FieldError(f"is {type(value).__name__}, not text")
    name = str(value).strip()
    try:
        name.encode()
    except UnicodeEncodeError:
        raise FieldError("is not UTF-8") from None
    return name or None


def _converted(
    path: Path, raw: _Raw, layout: Layout, bad: list[BadRow], ignored: dict[str, None]
) -> tuple[object, ...] | None:
    if raw.reason is not None:
        bad.append(BadRow(str(path), raw.line, None, raw.reason))
        return None
    for name in raw.values.keys() - layout.converts.keys():
        if len(ignored) < _MOST_NAMES:
            ignored[name[:_MOST_NAMES]] = None
    found = []
    for name in layout.schema.names:
        try:
            value = layout.converts[name](raw.values.get(name))
        except FieldError as error:
            bad.append(BadRow(str(path), raw.line, name, str(error)))
            return None
        if value is None and name in layout.required:
            bad.append(BadRow(str(path), raw.line, name, "is missing"))
            return None
        found.append(value)
    return tuple(found)


def _rows(path: Path, layout: Layout) -> Iterator[_Raw]:
    try:
        with path.open("rb") as packed:
            start = packed.read(4)
            packed.seek(0)
            if start == b"PAR1":
                yield from _of_parquet(packed, path, layout)
                return
            yield from _of_text(
                gzip.GzipFile(fileobj=packed) if start[:2] == b"\x1f\x8b" else packed, path, layout
            )
    except (OSError, EOFError, zlib.error, csv.Error, pa.ArrowException) as error:
        raise BadTable(f"{path}: this {layout.what} cannot be read: {error}") from None


def _of_text(file: io.BufferedReader | gzip.GzipFile, path: Path, layout: Layout) -> Iterator[_Raw]:
    start = file.peek(256).removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if start == b"[" or (start == b"{" and layout.inside is not None):
        yield from _of_document(file, layout)
    elif start == b"{":
        yield from _of_lines(file)
    elif start:
        yield from _of_csv(file, path, layout)


def _of_lines(file: IO[bytes] | gzip.GzipFile) -> Iterator[_Raw]:
    number = 0
    while line := file.readline(_LONGEST_LINE_BYTES):
        number += 1
        if len(line) == _LONGEST_LINE_BYTES and not line.endswith(b"\n"):
            while (rest := file.readline(_LONGEST_LINE_BYTES)) and not rest.endswith(b"\n"):
                pass
            yield _Raw(number, {}, f"the line is longer than {_LONGEST_LINE_BYTES:,} bytes")
        elif line.strip():
            yield _object(number, line.removeprefix(b"\xef\xbb\xbf"))


def _object(number: int, line: bytes) -> _Raw:
    try:
        return _Raw(number, msgspec.json.decode(line, type=dict[str, object]))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        return _Raw(number, {}, f"not a JSON object: {error}")


def _of_document(file: IO[bytes] | gzip.GzipFile, layout: Layout) -> Iterator[_Raw]:
    """Yield the rows of a JSON document, or of JSON lines if it is not one document."""
    data = file.read().removeprefix(b"\xef\xbb\xbf")
    try:
        found = msgspec.json.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        yield from _of_lines(io.BytesIO(data))
        return
    if isinstance(found, dict) and isinstance(found.get(layout.inside), list):
        found = found[layout.inside]
    for number, row in enumerate(found if isinstance(found, list) else [found], 1):
        yield _Raw(number, row) if isinstance(row, dict) else _Raw(number, {}, "not a JSON object")


def _of_csv(file: io.BufferedReader | gzip.GzipFile, path: Path, layout: Layout) -> Iterator[_Raw]:
    lines = io.TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline="")
    try:
        header = lines.readline(_LONGEST_LINE_BYTES)
        delimiter = max(",;\t", key=header.count)
        names = [name.strip() for name in next(csv.reader([header], delimiter=delimiter))]
        _require(path, names, layout)
        yield from _of_fields(lines, delimiter, names)
    finally:
        lines.detach()  # the file is closed by whoever opened it


def _of_fields(lines: Iterable[str], delimiter: str, names: list[str]) -> Iterator[_Raw]:
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield _Raw(reader.line_num + 1, {}, str(error))
            continue
        if row and len(row) != len(names):
            yield _Raw(reader.line_num + 1, {}, f"it has {len(row)} fields, and the header {len(names)}")
        elif row:
            yield _Raw(reader.line_num + 1, dict(zip(names, row, strict=True)))


def _of_parquet(file: IO[bytes], path: Path, layout: Layout) -> Iterator[_Raw]:
    parquet = pq.ParquetFile(file)
    names = parquet.schema_arrow.names
    _require(path, names, layout)
    unknown = dict.fromkeys(name for name in names if name not in layout.converts)
    number = 0
    for batch in parquet.iter_batches(columns=[name for name in names if name in layout.converts]):
        for row in _plain(batch):
            number += 1
            yield _Raw(number, {**unknown, **row}) if isinstance(row, dict) else _Raw(number, {}, row)


def _plain(batch: pa.RecordBatch) -> Iterator[dict[str, object] | str]:
    """Yield the rows as Python has them; of one with a value that Python has not (the year 40,000), why."""
    try:
        yield from batch.to_pylist()
    except (OverflowError, ValueError) as error:
        if batch.num_rows == 1:
            yield f"it holds a value that cannot be read: {error}"
            return
        for at in range(batch.num_rows):
            yield from _plain(batch.slice(at, 1))


def _require(path: Path, names: list[str], layout: Layout) -> None:
    missing = [name for name in layout.required if name not in names]
    if missing:
        there = ", ".join(names)[:500].encode("utf-8", "replace").decode()
        raise BadTable(
            f"{path}: this {layout.what} has no column {missing[0]!r}; it has: {there}. "
            f"Its columns are: {', '.join(layout.schema.names)}"
        )
