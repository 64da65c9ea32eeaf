"""The output folder of a scan: five files, each there whole or not at all, the same for the same findings.

All are written beside their places first and then put there one after another, so that a scan that is stopped
leaves the files of the scan before. JSON here never holds NaN or infinity: what is not a number is null.
"""

import math
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
from msgspec import structs

from excise.detection.campaign import Campaign, Verdict
from excise.errors import ExciseError
from excise.ingest.chunks import Reject
from excise.linking.actor import Link
from excise.report.findings import Findings
from excise.report.page import render
from excise.store import durable

TIES = pa.schema(
    [
        pa.field("one", pa.string(), nullable=False),
        pa.field("other", pa.string(), nullable=False),
        pa.field("tie", pa.string()),
        pa.field("block", pa.string()),
        pa.field("weight", pa.float64()),
        pa.field("link_weight", pa.float64(), nullable=False),
    ]
)
"""A row of ``ties.parquet``: one tie between two accounts (``one`` sorts before ``other``) with its own match
weight, and the weight of the whole link. A link that names no tie is one row whose tie is null."""

_ROWS = 65_536
_LINE_ENDS = {b"\xc2\x85": b"\\u0085", b"\xe2\x80\xa8": b"\\u2028", b"\xe2\x80\xa9": b"\\u2029"}
"""Characters that JSON lets stand in a text and that some readers of lines take for the end of one."""
_TieRow = tuple[str, str, str | None, str | None, float | None, float]


def write(
    folder: Path,
    findings: Findings,
    verdicts: Iterable[Verdict],
    links: Iterable[Link],
    rejects: Iterable[Reject],
) -> tuple[Path, ...]:
    """Write verdicts.jsonl, campaigns.jsonl, ties.parquet, rejected.jsonl and report.html.

    ``links`` are those to be kept, of all actors; ``campaigns.jsonl`` leaves them out, as they are in
    ``ties.parquet``. Files that are there already are replaced.

    Returns:
        The paths of the files, in that order.

    Raises:
        ExciseError: the folder cannot be written to.
    """
    files = {
        "verdicts.jsonl": _lines(verdict_lines(verdicts)),
        "campaigns.jsonl": _lines(campaign_lines(findings.ranked())),
        "ties.parquet": tie_table(links),
        "rejected.jsonl": _lines(reject_lines(rejects)),
        "report.html": iter((render(findings).encode("utf-8"),)),
    }
    paths = tuple(folder / name for name in files)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _all_or_none(paths) as unfinished:
            for content, path in zip(files.values(), unfinished, strict=True):
                with path.open("wb") as out:
                    _fill(out, content)
                    out.flush()
                    os.fsync(out.fileno())
    except OSError as problem:
        raise ExciseError(
            f"{folder}: the results cannot be written ({problem.strerror or problem}); "
            "name another folder with --out, or make room there"
        ) from problem
    return paths


def verdict_lines(verdicts: Iterable[Verdict]) -> Iterator[bytes]:
    """Return one JSON object a verdict, highest rank first, then by account."""
    for verdict in sorted(verdicts, key=lambda v: (math.inf if math.isnan(v.rank) else -v.rank, v.account)):
        yield encode(verdict)


def campaign_lines(campaigns: Iterable[Campaign]) -> Iterator[bytes]:
    """Return one JSON object a campaign, in the given order, without its links."""
    for campaign in campaigns:
        fields = structs.asdict(campaign)
        del fields["links"]
        yield encode(fields)


def reject_lines(rejects: Iterable[Reject]) -> Iterator[bytes]:
    """Return one JSON object a rejected line, by file, line and offset."""
    for reject in sorted(rejects, key=lambda r: (r.file, r.line, r.offset, r.reason)):
        yield encode(reject)


def tie_table(links: Iterable[Link]) -> pa.Table:
    """Return the links as a table of ``TIES``, by ``one``, ``other`` and ``tie``."""
    rows = [row for link in links for row in _tie_rows(link)]
    rows.sort(key=lambda row: (row[0], row[1], row[2] or "", row[3] or ""))
    columns = list(zip(*rows, strict=True)) or [()] * len(TIES)
    return pa.Table.from_arrays(
        [pa.array(column, field.type) for column, field in zip(columns, TIES, strict=True)], schema=TIES
    )


def _tie_rows(link: Link) -> Iterator[_TieRow]:
    one, other = sorted((_whole(link.one), _whole(link.other)))
    for strand in link.strands:
        yield one, other, _whole(strand.tie), _whole(strand.block), strand.weight, link.weight
    if not link.strands:
        yield one, other, None, None, None, link.weight


def encode(record: object) -> bytes:
    """Return a record as one line of JSON, without its end; numbers that are none become null.

    A text that is no Unicode (a file name of other bytes) is written with its odd parts as escapes.

    >>> encode(Reject("a.jsonl", 3, 120, "no account"))
    b'{"file":"a.jsonl","line":3,"offset":120,"reason":"no account"}'
    """
    try:
        line = msgspec.json.encode(record)
    except UnicodeEncodeError:
        line = msgspec.json.encode(_repaired(msgspec.to_builtins(record)))
    for odd, escape in _LINE_ENDS.items():
        line = line.replace(odd, escape)
    return line


def _repaired(value: object) -> object:
    if isinstance(value, str):
        return _whole(value)
    if isinstance(value, dict):
        return {name: _repaired(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_repaired(item) for item in value]
    return value


def _whole(text: str) -> str:
    """Return a text that can be encoded: a lone surrogate becomes its escape."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")


def _lines(lines: Iterable[bytes]) -> Iterator[bytes]:
    return (line + b"\n" for line in lines)


def _fill(out: BinaryIO, content: Iterator[bytes] | pa.Table) -> None:
    if isinstance(content, pa.Table):
        pq.write_table(content, out, compression="zstd", row_group_size=_ROWS)
    else:
        out.writelines(content)


@contextmanager
def _all_or_none(paths: tuple[Path, ...]) -> Iterator[tuple[Path, ...]]:
    """Lend a place beside each path to write to; put all in place where all went well, else remove them."""
    unfinished = tuple(path.with_name(path.name + durable.UNFINISHED) for path in paths)
    try:
        yield unfinished
        for place, path in zip(unfinished, paths, strict=True):
            place.replace(path)
        durable.sync(paths[0].parent)
    finally:
        for place in unfinished:
            place.unlink(missing_ok=True)
