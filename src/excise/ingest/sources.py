"""Where logs come from: files, folders, patterns and standard input become chunks of whole lines."""

import glob
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from excise.errors import ExciseError, UnknownFormat
from excise.ingest.chunks import CHUNK_BYTES, MAX_LINE_BYTES, Chunk, chunks
from excise.ingest.elements import elements
from excise.ingest.unpacking import Piece, unpacked

STDIN = "-"
"""The path that means standard input."""


class NoSuchLog(ExciseError):
    """A log that was named is not there, or may not be read."""


class Source(Struct, frozen=True):
    """One log to read. ``in_folder``: it was found in a folder and not named, so it may be something else."""

    path: str
    size: int | None = None
    in_folder: bool = False


def sources(paths: Iterable[str | Path]) -> list[Source]:
    """Expand what the user named: a file, a folder (all its files, hidden ones left out), a pattern, ``-``.

    The order is the order named, sorted within a folder or pattern; a file named twice is read once.

    Raises:
        NoSuchLog: a name is neither a file nor a folder, and a pattern of nothing; or no file is in a folder.
    """
    found: dict[Path, Source] = {}
    listed: list[Source] = []
    for named in map(str, paths):
        expanded = _expanded(named)
        if not expanded:
            raise NoSuchLog(f"{named}: no file is in there; name logs, or a folder that has some")
        for source in expanded:
            key = Path(source.path).resolve()
            if source.path == STDIN or key not in found:
                found[key] = source
                listed.append(source)
    return listed


def open_source(
    source: Source | str | Path,
    *,
    stdin: BinaryIO | None = None,
    max_line_bytes: int = MAX_LINE_BYTES,
    chunk_bytes: int = CHUNK_BYTES,
) -> Iterator[Chunk]:
    """Read one log as chunks of whole lines.

    gzip and zstd are told by the content; a file that is one JSON array gives an element a line. A log that
    is broken (still being written, cut off, damaged) gives what can be read, and its last chunk says so in
    ``notice``.

    Raises:
        NoSuchLog: the file cannot be opened or read.
        UnknownFormat: it is packed in a way that is not read.
    """
    path = source.path if isinstance(source, Source) else str(source)
    if path == STDIN:
        if stdin is None:
            raise NoSuchLog("-: there is no standard input here; name a file")
        yield from _read(stdin, "-", max_line_bytes, chunk_bytes)
        return
    try:
        with Path(path).open("rb") as raw:
            yield from _read(raw, path, max_line_bytes, chunk_bytes)
    except OSError as error:
        raise NoSuchLog(f"{path}: {error.strerror or error}; name a file that can be read") from error


def _read(raw: BinaryIO, name: str, max_line_bytes: int, chunk_bytes: int) -> Iterator[Chunk]:
    try:
        pieces = _by_element(unpacked(raw))
    except UnknownFormat as error:
        raise UnknownFormat(f"{name}: {error}") from None
    yield from chunks(pieces, name, max_line_bytes=max_line_bytes, chunk_bytes=chunk_bytes)


def _by_element(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Send a stream that opens with a bracket through ``elements``, any other as it is."""
    for piece in pieces:
        text = piece[0].lstrip()
        if text:
            rest = chain([piece], pieces)
            yield from elements(rest) if text.startswith(b"[") else rest
            return
        yield piece


def _expanded(named: str) -> list[Source]:
    if named == STDIN:
        return [Source(STDIN)]
    if not named:  # a variable that is not set; the path of no name would be the folder we are in
        raise NoSuchLog("a log's name is empty; name logs, a folder of them, or -")
    path = Path(named)
    if path.is_dir():
        inside = sorted(p for p in path.rglob("*") if p.is_file() and not _hidden(p.relative_to(path)))
        return [Source(str(p), p.stat().st_size, in_folder=True) for p in inside]
    if path.exists():
        return [Source(named, path.stat().st_size if path.is_file() else None)]
    matched = sorted(glob.glob(named, recursive=True)) if glob.has_magic(named) else []  # noqa: PTH207 - any pattern
    listed = [source for match in matched for source in _expanded(match)]
    if not matched:
        raise NoSuchLog(
            f"{named}: there is no such file, folder or pattern; name logs, a folder of them, or - "
        )
    return listed


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)
