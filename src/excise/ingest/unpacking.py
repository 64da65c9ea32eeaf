"""Packed bytes become plain ones, a bounded piece at a time, and what is broken says so.

The packing is told by the first bytes, never by a file's name. However far a small file expands, no more than
one piece of it is in memory. A stream that ends early (still being written) or is damaged gives all that came
before.
"""

import zlib
from collections.abc import Iterator
from typing import BinaryIO

import zstandard

from excise.errors import UnknownFormat

PIECE_BYTES = 2**20
"""The longest piece of a plain or gzip stream; one of zstd may have 16 MiB, if it was made to expand."""

Piece = tuple[bytes, int]
"""Plain bytes, and how far the packed stream was read to get them."""


class Broken(Exception):
    """A packed stream ends early or is damaged; the message says where. Raised after all that was whole."""


def unpacked(raw: BinaryIO) -> Iterator[Piece]:
    """Yield the plain bytes of a gzip, zstd or plain stream, without a byte order mark.

    Raises:
        Broken: the stream ends early or is damaged, after everything before that was yielded.
        UnknownFormat: it is packed in a way that is not read (zip, xz, bzip2, Parquet).

    >>> import gzip, io
    >>> list(unpacked(io.BytesIO(gzip.compress(b"one line"))))
    [(b'one line', 28)]
    """
    start = raw.read(_PLAIN_READ)
    if start.startswith(b"\x1f\x8b"):
        pieces = _gunzipped(start, raw)
    elif start.startswith((b"\x28\xb5\x2f\xfd", b"\x50\x2a\x4d\x18")):
        pieces = _unzstd(start, raw)
    else:
        named = next((name for magic, name in _NOT_READ.items() if start.startswith(magic)), None)
        if named:
            raise UnknownFormat(
                f"this is {named}, which is not read; give JSON lines, plain or in gzip or zstd"
            )
        pieces = _plain(start, raw)
    return _without_mark(pieces)


_PLAIN_READ = 2**18
_ZSTD_READ = 2**9  # a block of 4 bytes may stand for 128 KiB, so these may stand for 16 MiB and no more
_NOT_READ = {
    b"PK\x03\x04": "a zip archive",
    b"\xfd7zXZ": "an xz file",
    b"BZh": "a bzip2 file",
    b"PAR1": "a Parquet file",
    b"\xff\xfe": "UTF-16 text",
    b"\xfe\xff": "UTF-16 text",
}


def _without_mark(pieces: Iterator[Piece]) -> Iterator[Piece]:
    first = True
    for data, position in pieces:
        if first and data:
            first = False
            yield data.removeprefix(b"\xef\xbb\xbf"), position
        else:
            yield data, position


def _plain(start: bytes, raw: BinaryIO) -> Iterator[Piece]:
    position = 0
    data = start
    while data:
        position += len(data)
        yield data, position
        data = raw.read(_PLAIN_READ)


def _gunzipped(start: bytes, raw: BinaryIO) -> Iterator[Piece]:
    position = len(start)
    packed = start
    member = zlib.decompressobj(31)
    began = True
    while packed or (packed := raw.read(_PLAIN_READ)):
        if packed is not start and not began:
            # between members: padding, another member, or something else
            packed = packed.lstrip(b"\0")
            if not packed:
                continue
            if not packed.startswith(b"\x1f\x8b"):
                raise Broken(
                    f"after the gzip stream's end, at packed byte {position:,}, stands something else"
                )
            member, began = zlib.decompressobj(31), True
        try:
            plain = member.decompress(packed, PIECE_BYTES)
        except zlib.error as error:
            raise Broken(f"the gzip stream is damaged near packed byte {position:,} ({error})") from error
        if plain:
            yield plain, position
        if member.eof:
            packed, began = member.unused_data, False
        else:
            packed = member.unconsumed_tail
        if not packed:
            packed = raw.read(_PLAIN_READ)
            position += len(packed)
    if began:
        rest = member.flush()
        if rest:
            yield rest, position
        raise Broken(
            f"the gzip stream ends early, at packed byte {position:,}: still being written, or cut off"
        )


def _unzstd(start: bytes, raw: BinaryIO) -> Iterator[Piece]:
    position = 0
    packed = start
    frame = zstandard.ZstdDecompressor().decompressobj()
    began = False
    while packed:
        for at in range(0, len(packed), _ZSTD_READ):
            few = packed[at : at + _ZSTD_READ]
            position += len(few)
            while few:
                try:
                    plain = frame.decompress(few)
                except zstandard.ZstdError as error:
                    raise Broken(
                        f"the zstd stream is damaged near packed byte {position:,} ({error})"
                    ) from error
                began = True
                if plain:
                    yield plain, position
                few = b""
                if frame.eof:
                    few, began = frame.unused_data, False
                    frame = zstandard.ZstdDecompressor().decompressobj()
        packed = raw.read(_PLAIN_READ)
    if began:
        raise Broken(
            f"the zstd stream ends early, at packed byte {position:,}: still being written, or cut off"
        )
