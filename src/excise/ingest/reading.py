"""Logs are read: what the user named goes in, batches of Exchanges come out, and nothing is lost silently.

The stage in one line: ``sources`` finds files, ``open_source`` cuts them into chunks, ``sniff`` tells their
format, ``decode`` turns a chunk into Exchanges. ``read`` does all of it in one process. To spread it, take
``portions`` here and run ``batch`` on each wherever you like: it is pure, and what goes in and comes out can
be pickled.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from excise.errors import TooManyRejects, UnknownFormat
from excise.ingest.chunks import MAX_LINE_BYTES, Chunk, Reject
from excise.ingest.decoding import Notice, decode, format_of
from excise.ingest.exchange import Exchange
from excise.ingest.sniffing import sniff
from excise.ingest.sources import Source, open_source, sources

MAX_REJECT_SHARE = 0.05
"""The share of lines that may be set aside before reading stops."""

FEWEST_LINES = 100
"""How many lines are read before the share counts; at the end it counts whatever was read."""


class Portion(Struct, frozen=True, kw_only=True):
    """A chunk, the format that its file has, and how far the reading is.

    ``format_name`` is None where a file holds nothing that could show one. ``bytes_read`` and ``bytes_total``
    count the files as they lie on disk; the total is None where standard input is among them.
    """

    chunk: Chunk
    format_name: str | None
    bytes_read: int
    bytes_total: int | None
    notices: tuple[Notice, ...] = ()


class Batch(Struct, frozen=True, kw_only=True):
    """The Exchanges of one portion, and what else its lines were: see ``Decoded`` for the counts.

    ``source`` is what record ids are unique within: the format, or the name the user gave.
    """

    exchanges: list[Exchange]
    rejects: list[Reject]
    notices: tuple[Notice, ...]
    file: str
    format_name: str | None
    source: str
    account_field: str
    lines: int
    read: int
    skipped: int
    unfinished: int
    without_account: int
    bytes_read: int
    bytes_total: int | None


class Tally:
    """Counts lines and rejects over batches, and says when too many were set aside."""

    def __init__(self, max_reject_share: float = MAX_REJECT_SHARE) -> None:
        self.max_reject_share = max_reject_share
        self.lines = 0
        self.rejects = 0
        self._first: Reject | None = None

    def add(self, batch: Batch) -> None:
        """Count a batch.

        Raises:
            TooManyRejects: at least a hundred lines were read, and more than the share allowed was set aside.
        """
        self.lines += batch.lines
        self.rejects += len(batch.rejects)
        if self._first is None and batch.rejects:
            self._first = batch.rejects[0]
        if self.lines >= FEWEST_LINES:
            self.close()

    def close(self) -> None:
        """Judge what was read, however little.

        Raises:
            TooManyRejects: more than the share allowed was set aside.
        """
        first = self._first
        if first is not None and self.rejects > self.max_reject_share * self.lines:
            raise TooManyRejects(
                f"{self.rejects:,} of {self.lines:,} lines could not be read, more than the "
                f"{self.max_reject_share:.1%} allowed; the first is {first.file}, line {first.line}: "
                f"{first.reason}. Is this the right format? If so, allow more: --max-reject-share"
            )


def read(
    paths: Iterable[str | Path],
    format_name: str | None = None,
    *,
    account_field: str | None = None,
    source: str | None = None,
    latest_s: float | None = None,
    max_line_bytes: int = MAX_LINE_BYTES,
    max_reject_share: float = MAX_REJECT_SHARE,
    stdin: BinaryIO | None = None,
) -> Iterator[Batch]:
    """Read logs in this process, batch by batch, in the order named.

    A batch is yielded before its rejects are judged, so its rejects can be written down first.

    Args:
        paths: files, folders, patterns, or ``-`` for standard input.
        format_name: the format of all of them; told from each file's first records where None.
        account_field: the Exchange field that is the account; the format's own where None.
        source: what record ids are unique within; the format's name where None.
        latest_s: the present, in epoch seconds; records that start more than a day later are rejected.
        max_line_bytes: a longer line is rejected, without being held in memory.
        max_reject_share: the share of lines that may be set aside.
        stdin: where ``-`` reads from.

    Raises:
        NoSuchLog: a path is not there.
        UnknownFormat: no format recognizes a file that was named, or any file of a folder.
        TooManyRejects: more lines than allowed could not be read.
    """
    tally = Tally(max_reject_share)
    for portion in portions(paths, format_name, max_line_bytes=max_line_bytes, stdin=stdin):
        one = batch(portion, account_field=account_field, source=source, latest_s=latest_s)
        yield one
        tally.add(one)
    tally.close()


def batch(
    portion: Portion,
    *,
    account_field: str | None = None,
    source: str | None = None,
    latest_s: float | None = None,
) -> Batch:
    """Decode one portion. Pure; the arguments are those of ``read``."""
    name = portion.format_name
    decoded = decode(portion.chunk, name, account_field=account_field, latest_s=latest_s)
    return Batch(
        exchanges=decoded.exchanges,
        rejects=decoded.rejects,
        notices=(*portion.notices, *decoded.notices),
        file=portion.chunk.file,
        format_name=name,
        source=source or name or "",
        account_field=account_field or (format_of(name).account_field if name else "user"),
        lines=decoded.lines,
        read=decoded.read,
        skipped=decoded.skipped,
        unfinished=decoded.unfinished,
        without_account=decoded.without_account,
        bytes_read=portion.bytes_read,
        bytes_total=portion.bytes_total,
    )


def portions(
    paths: Iterable[str | Path],
    format_name: str | None = None,
    *,
    max_line_bytes: int = MAX_LINE_BYTES,
    stdin: BinaryIO | None = None,
) -> Iterator[Portion]:
    """Cut logs into portions to decode; the arguments and errors are those of ``read``.

    A file in a folder that no format recognizes is passed over with a notice; if there is nothing else, that
    is an error.
    """
    if format_name is not None:
        format_of(format_name)
    listed = sources(paths)
    sizes = [one.size for one in listed]
    total = None if None in sizes else sum(size for size in sizes if size is not None)
    before, passed_over, any_read = 0, list[Notice](), False
    for one in listed:
        stream = open_source(one, stdin=stdin, max_line_bytes=max_line_bytes)
        try:
            for name, chunk in _named(stream, one, format_name):
                any_read = any_read or name is not None
                read_bytes = before + chunk.bytes_read
                yield Portion(
                    chunk=chunk,
                    format_name=name,
                    bytes_read=read_bytes,
                    bytes_total=total,
                    notices=tuple(passed_over),
                )
                passed_over.clear()
        except UnknownFormat as error:
            if not one.in_folder:
                raise
            unknown = error
            passed_over.append(
                Notice(one.path, 0, "passed over: " + str(error).removeprefix(f"{one.path}: "))
            )
        before += one.size or 0
    if passed_over and not any_read:
        raise unknown
    if passed_over:
        yield Portion(
            chunk=Chunk(file=passed_over[-1].file, data=b""),
            format_name=None,
            bytes_read=before,
            bytes_total=total,
            notices=tuple(passed_over),
        )


_MOST_UNNAMED = 4
"""How many chunks of a file may pass without a JSON object before it is no log."""


def _named(
    stream: Iterator[Chunk], one: Source, format_name: str | None
) -> Iterator[tuple[str | None, Chunk]]:
    """Put the name of its format to each chunk of a file."""
    waiting: list[Chunk] = []
    for chunk in stream:
        if format_name is None and _is_blank(chunk):
            yield None, chunk  # it shows no format and holds nothing; there may be a gigabyte of it
            continue
        format_name = format_name or sniff(chunk)
        waiting.append(chunk)
        if format_name is not None:
            for held in waiting:
                yield format_name, held
            waiting.clear()
        elif sum(not _is_blank(held) for held in waiting) > _MOST_UNNAMED:
            raise _nothing_like_a_log(one)
    if any(not _is_blank(chunk) and not _breaks_off(chunk) for chunk in waiting):
        raise _nothing_like_a_log(one)
    for held in waiting:
        yield None, held


def _is_blank(chunk: Chunk) -> bool:
    return not chunk.data or chunk.data.isspace()


def _breaks_off(chunk: Chunk) -> bool:
    """Whether all that a chunk holds is the beginning of a line that is still being written."""
    return chunk.ends_open and b"\n" not in chunk.data.strip() and chunk.data.lstrip().startswith(b"{")


def _nothing_like_a_log(one: Source) -> UnknownFormat:
    return UnknownFormat(
        f"{one.path}: no line of it is a JSON object; name a log with one JSON object a line"
    )
