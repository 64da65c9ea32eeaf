"""Frames: a kind, a length and a checksum before the bytes, so that a torn end is told from a whole one."""

import os
import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from msgspec import Struct

MAGIC = b"EXCJRNL1"
"""How a segment begins."""

MOST_BYTES = 256 * 2**20
"""The longest frame; a longer one is damage."""

_HEAD = struct.Struct("<BxxxII")


class Frame(Struct, frozen=True, gc=False):
    """One frame: its kind, where its bytes begin, how many there are, and where the next frame begins."""

    kind: int
    begin: int
    length: int
    crc: int

    @property
    def end(self) -> int:
        """Where the next frame begins."""
        return self.begin + self.length


def framed(kind: int, payload: bytes) -> bytes:
    """Return bytes with their frame.

    >>> len(framed(1, b"abc"))
    15
    """
    return _HEAD.pack(kind, len(payload), _crc(kind, payload)) + payload


def frames(file: BinaryIO, *, begin: int) -> Iterator[Frame]:
    """Yield the heads of the frames from a place on, without reading what they hold.

    It ends before the first frame that is not there to its end, or whose head cannot be one.
    """
    size = os.fstat(file.fileno()).st_size
    at = begin
    while at + _HEAD.size <= size:
        file.seek(at)
        head = file.read(_HEAD.size)
        if len(head) < _HEAD.size:
            return
        kind, length, crc = _HEAD.unpack(head)
        frame = Frame(kind, at + _HEAD.size, length, crc)
        if kind == 0 or length > MOST_BYTES or frame.end > size:
            return
        yield frame
        at = frame.end


def payload(file: BinaryIO, frame: Frame) -> bytes | None:
    """Return what a frame holds, None where it is not what was written."""
    file.seek(frame.begin)
    data = file.read(frame.length)
    if len(data) < frame.length or _crc(frame.kind, data) != frame.crc:
        return None
    return data


def _crc(kind: int, data: bytes) -> int:
    return zlib.crc32(data, zlib.crc32(_HEAD.pack(kind, len(data), 0)))
