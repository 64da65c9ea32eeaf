"""What travels between the server and the process that observes: bodies one way, replies the other."""

import struct
from enum import IntEnum
from typing import Literal

import msgspec
from msgspec import Struct

Packing = Literal["", "gzip", "zstd"]
"""How a body is compressed."""


class Wire(IntEnum):
    """How a body holds its records, and how its reply is written."""

    RECORDS = 0
    OTLP_JSON = 1
    OTLP_PROTOBUF = 2
    TAIL = 3
    ASKED = 4


class Delivery(Struct, frozen=True, array_like=True):
    """One body, as it arrived.

    Attributes:
        number: given back with the reply.
        wire: what its records are wrapped in.
        format_name: a member of ``excise.ingest.formats``; "" where the records are to show it.
        source: what record ids are unique within; "" for the format's name.
        packing: how the body is compressed.
        body: as it arrived.
    """

    number: int
    wire: Wire
    format_name: str
    source: str
    packing: Packing
    body: bytes


class Counts(Struct, array_like=True):
    """What became of the records of a delivery. ``skipped`` are of another kind, and no reason to worry."""

    accepted: int = 0
    duplicate: int = 0
    rejected: int = 0
    skipped: int = 0
    without_account: int = 0


class Reply(Struct, frozen=True, array_like=True, tag=True):
    """What is answered: the status and the body of HTTP, and the counts for the metrics."""

    number: int
    status: int
    body: bytes
    counts: Counts
    retry_after_s: float | None = None


class Beat(Struct, frozen=True, array_like=True, tag=True):
    """What the process says of itself from time to time, in place of a reply."""

    writable: bool
    because: str = ""


_LENGTH = struct.Struct("<I")
_ANSWER: msgspec.msgpack.Decoder[Reply | Beat] = msgspec.msgpack.Decoder(Reply | Beat)
_DELIVERY = msgspec.msgpack.Decoder(Delivery)


def message(record: Delivery | Reply | Beat) -> bytes:
    """Return a record with its length before it."""
    data = msgspec.msgpack.encode(record)
    return _LENGTH.pack(len(data)) + data


class Incoming:
    """Parts a stream of bytes into the records that were sent."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._next = _LENGTH.size

    def feed(self, data: bytes | memoryview) -> list[memoryview]:
        """Add bytes, and return the records that are whole now. They are good until the next call.

        >>> sent = message(Beat(True))
        >>> incoming = Incoming()
        >>> [len(incoming.feed(sent[:3])), len(incoming.feed(sent[3:]))]
        [0, 1]
        """
        self._held += data
        if len(self._held) < self._next:
            return []
        held, at, length = bytes(self._held), 0, 0
        found: list[memoryview] = []
        view = memoryview(held)
        while len(held) - at >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(held, at)
            if len(held) - at - _LENGTH.size < length:
                break
            found.append(view[at + _LENGTH.size : at + _LENGTH.size + length])
            at += _LENGTH.size + length
            length = 0
        del self._held[:at]
        self._next = _LENGTH.size + (length if at < len(held) else 0)
        return found


def delivery_of(data: memoryview) -> Delivery:
    """Read a delivery."""
    return _DELIVERY.decode(data)


def answer_of(data: memoryview) -> Reply | Beat:
    """Read a reply, or a beat."""
    return _ANSWER.decode(data)
