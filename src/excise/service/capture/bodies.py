"""Bodies become records: unpacked within a limit, and parted, whatever they were batched as."""

import gzip
import io
import zlib
from collections.abc import Iterator, Sequence

import msgspec
import zstandard

from excise.errors import ExciseError
from excise.service.capture.delivery import Packing

_PIECE = 2**20
_STEP = 256
_ARRAY = msgspec.json.Decoder(list[msgspec.Raw])
_ONE = msgspec.json.Decoder(msgspec.Raw)


class Malformed(ExciseError):
    """A body as a whole cannot be read."""


class TooMuch(ExciseError):
    """A body becomes more than is allowed when it is unpacked."""


def unpacked(body: bytes, packing: Packing, *, most_bytes: int) -> bytes:
    """Return what a body holds.

    Raises:
        Malformed: it is not packed as it says.
        TooMuch: it holds more than ``most_bytes``; no more than that is ever unpacked.

    >>> unpacked(gzip.compress(b"{}"), "gzip", most_bytes=10)
    b'{}'
    """
    if not packing:
        return body
    pieces, size = [], 0
    try:
        for piece in (_of_gzip if packing == "gzip" else _of_zstd)(body):
            pieces.append(piece)
            size += len(piece)
            if size > most_bytes:
                raise TooMuch(
                    f"the body unpacks to more than the {most_bytes:,} bytes that are taken at once"
                )
    except (OSError, EOFError, zlib.error, zstandard.ZstdError):
        raise Malformed(f"the body is no {packing}, or breaks off") from None
    return b"".join(pieces)


def _of_gzip(body: bytes) -> Iterator[bytes]:
    file = gzip.GzipFile(fileobj=io.BytesIO(body))
    while piece := file.read(_PIECE):
        yield piece


def _of_zstd(body: bytes) -> Iterator[bytes]:
    """Unpack a frame in small steps: one of so many bytes becomes eight megabytes at most."""
    unpacker = zstandard.ZstdDecompressor().decompressobj()
    for at in range(0, len(body), _STEP):
        yield unpacker.decompress(body[at : at + _STEP])
        if unpacker.eof:
            break
    if not unpacker.eof:
        raise EOFError


def records(body: bytes) -> Sequence[bytes]:
    r"""Part a body into records: a JSON array, one JSON object a line, or a single object of many lines.

    What is no JSON is a record too, and refused when it is read: the others go on.

    Raises:
        Malformed: it begins as an array and is none, or holds nothing.

    >>> records(b'[{"a": 1}, {"a": 2}]')
    [b'{"a": 1}', b'{"a": 2}']
    >>> records(b'{"a": 1}\n{"a": 2}\n')
    [b'{"a": 1}', b'{"a": 2}']
    >>> records(b'{\n"a": 1\n}')
    [b'{\n"a": 1\n}']
    """
    body = body.strip()
    if not body:
        raise Malformed("the body is empty; send a JSON array, or one JSON object a line")
    if body.startswith(b"["):
        try:
            return [bytes(one) for one in _ARRAY.decode(body)]
        except (msgspec.DecodeError, RecursionError) as error:
            said = "nested too deeply" if isinstance(error, RecursionError) else str(error)
            raise Malformed(f"the body begins as a JSON array and is none: {said}") from None
    lines = body.splitlines() if b"\n" in body else [body]
    if len(lines) > 1 and not _is_json(lines[0]) and _is_json(body):
        return [body]
    return [line for line in lines if line and not line.isspace()]


def _is_json(data: bytes) -> bool:
    try:
        _ONE.decode(data)
    except (msgspec.DecodeError, RecursionError):
        return False
    return True
