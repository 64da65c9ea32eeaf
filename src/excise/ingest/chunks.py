"""Bytes become chunks of whole lines: the unit that is read at a time, handed to a worker, and counted.

Memory is bounded whatever a file holds: a line that is longer than allowed is counted and thrown away as it
streams by.
"""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from excise.ingest.unpacking import Broken

CHUNK_BYTES = 2**22
"""How many bytes of whole lines a chunk has, about."""

MAX_LINE_BYTES = 32 * 2**20
"""The longest line that is read by default."""


class Reject(Struct, frozen=True):
    """A line that could not be read: a row of ``rejected.jsonl``.

    ``line`` counts from 1, ``offset`` in bytes of the unpacked file from 0. In a file that is one JSON array,
    ``line`` is the number of the element.
    """

    file: str
    line: int
    offset: int
    reason: str


class Chunk(Struct, frozen=True, kw_only=True):
    """Consecutive lines of one file.

    ``data`` ends in a line break, except perhaps at the end of the file (``ends_open``). ``offset`` is where
    it starts in the unpacked file, ``bytes_read`` how far the packed file was read to make it, for progress.
    ``rejects`` are lines right after ``data`` that were too long to be held; ``notice`` says why the file
    could not be read further.
    """

    file: str
    data: bytes
    first_line: int = 1
    offset: int = 0
    bytes_read: int = 0
    ends_open: bool = False
    notice: str | None = None
    max_line_bytes: int = MAX_LINE_BYTES
    rejects: tuple[Reject, ...] = ()


def chunks(
    pieces: Iterable[tuple[bytes, int]],
    file: str,
    *,
    max_line_bytes: int = MAX_LINE_BYTES,
    chunk_bytes: int = CHUNK_BYTES,
) -> Iterator[Chunk]:
    r"""Cut a stream into chunks of whole lines.

    Args:
        pieces: (bytes, how far the packed file was read to get them), in order.
        file: the name that rejects carry.
        max_line_bytes: a longer line is rejected without being held in memory.
        chunk_bytes: a chunk is cut at the last line break once it has this many bytes.

    >>> [chunk.data for chunk in chunks([(b"a\nb", 3), (b"b\nc", 6)], "log", chunk_bytes=3)]
    [b'a\n', b'bb\n', b'c']
    >>> cut = chunks([(b"aaaa", 4), (b"aaaa\nb\n", 11)], "log", max_line_bytes=3, chunk_bytes=3)
    >>> [(chunk.data, [reject.reason for reject in chunk.rejects]) for chunk in cut]
    [(b'', ['the line has 8 bytes; at most 3 are read']), (b'b\n', [])]
    """
    held: list[bytes] = []
    size = thrown = 0  # bytes held; bytes of the present line that were thrown away
    line, offset, bytes_read = 1, 0, 0
    most = max(max_line_bytes, chunk_bytes)

    notice = None
    stream = iter(pieces)
    while True:
        try:
            piece, bytes_read = next(stream)
        except StopIteration:
            break
        except Broken as broken:
            notice = str(broken)
            break
        if thrown:
            end = piece.find(b"\n")
            if end < 0:
                thrown += len(piece)
                continue
            thrown += end
            yield _too_long(file, line, offset, size=thrown, most=max_line_bytes, bytes_read=bytes_read)
            line, offset, thrown = line + 1, offset + thrown + 1, 0
            piece = piece[end + 1 :]
        held.append(piece)
        size += len(piece)
        if size < chunk_bytes or (b"\n" not in piece and size <= most):
            continue
        data, rest = _parted(held)
        if data:
            yield Chunk(
                file=file,
                data=data,
                first_line=line,
                offset=offset,
                bytes_read=bytes_read,
                max_line_bytes=max_line_bytes,
            )
            line += data.count(b"\n")
            offset += len(data)
        if len(rest) > max_line_bytes:
            thrown, rest = len(rest), b""
        held, size = [rest], len(rest)
    if thrown:
        yield _too_long(file, line, offset, size=thrown, most=max_line_bytes, bytes_read=bytes_read)
        offset += thrown
    if size or notice:
        data = b"".join(held)
        yield Chunk(
            file=file,
            data=data,
            first_line=line,
            offset=offset,
            bytes_read=bytes_read,
            ends_open=bool(data) and not data.endswith(b"\n"),
            notice=notice,
            max_line_bytes=max_line_bytes,
        )


def _parted(held: list[bytes]) -> tuple[bytes, bytes]:
    """Join what is held, and part it behind its last line break."""
    *before, last = held
    cut = last.rfind(b"\n") + 1
    if cut:
        return b"".join([*before, last[:cut]]), last[cut:]
    data = b"".join(held)
    cut = data.rfind(b"\n") + 1
    return data[:cut], data[cut:]


def _too_long(file: str, line: int, offset: int, *, size: int, most: int, bytes_read: int) -> Chunk:
    reason = f"the line has {size:,} bytes; at most {most:,} are read"
    return Chunk(
        file=file,
        data=b"",
        first_line=line,
        offset=offset,
        bytes_read=bytes_read,
        max_line_bytes=most,
        rejects=(Reject(file, line, offset, reason),),
    )
