"""A group: what one commit writes. Its words come first, then its rows; both are there, or neither counts."""

import os
from collections.abc import Callable, Sequence

import msgspec
import pyarrow as pa
import zstandard
from msgspec import Struct

from excise.errors import NotInstalled
from excise.observation.schema import SCHEMA
from excise.service.journal.framing import framed

WORDS, ROWS = 1, 2
"""The kinds of frames."""

_KEY_BYTES = 32


class Batch(Struct, frozen=True, array_like=True):
    """Rows that were observed under one key, as Arrow writes a batch of ``excise.observation.schema``."""

    key: str
    data: bytes

    @classmethod
    def of(cls, key: str, rows: pa.RecordBatch) -> "Batch":
        """Pack rows."""
        return cls(key, rows.serialize().to_pybytes())

    def rows(self) -> pa.RecordBatch:
        """Unpack the rows."""
        return pa.ipc.read_record_batch(pa.py_buffer(self.data), SCHEMA)


class Rows(Struct, frozen=True, array_like=True):
    """The observations of a group. ``count`` is of records: under two keys each has two rows."""

    at_s: float
    count: int
    batches: tuple[Batch, ...]


class Sealed(Struct, frozen=True, array_like=True):
    """One record as it arrived, sealed: ``number`` is its nonce under the key of its group."""

    record: bytes
    account: str | None
    source: str
    number: int
    data: bytes


class Words(Struct, frozen=True, array_like=True):
    """The sealed records of a group, and the key that opens them, itself sealed."""

    at_s: float
    key: bytes
    sealed: tuple[Sealed, ...]


class Said(Struct, frozen=True):
    """A record to be sealed: its keyed hash, whose it is, and its bytes as they arrived."""

    record: bytes
    account: str | None
    source: str
    line: bytes


def words_of(said: Sequence[Said], seal: Callable[[bytes], bytes], *, at_s: float) -> Words:
    """Seal records under a key drawn for them alone, and forget it: only who opens the seal has it again.

    Each is sealed by itself (AES-256-GCM, bound to its record), so that one can be removed and the others
    still opened.

    Raises:
        NotInstalled: the package ``cryptography`` is not there.
    """
    try:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - of the extra
    except ImportError:
        raise NotInstalled(
            "sealing stands on the package cryptography; pip install 'excise[serve]' brings it"
        ) from None
    key = os.urandom(_KEY_BYTES)
    cipher, pack = AESGCM(key), zstandard.ZstdCompressor(level=1)
    return Words(
        at_s,
        seal(key),
        tuple(
            Sealed(
                one.record,
                one.account,
                one.source,
                number,
                cipher.encrypt(_nonce(number), pack.compress(one.line), one.record),
            )
            for number, one in enumerate(said)
        ),
    )


def opened(key: bytes, one: Sealed, *, most_bytes: int) -> bytes:
    """Return a record's bytes.

    Args:
        key: what the seal of its group holds.
        one: the record.
        most_bytes: the longest that it may be.
    """
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - of the extra

    packed = AESGCM(key).decrypt(_nonce(one.number), one.data, one.record)
    return zstandard.ZstdDecompressor().decompress(packed, max_output_size=most_bytes)


def packed(rows: Rows, words: Words | None) -> bytes:
    """Return a group as a segment holds it."""
    before = b"" if words is None else framed(WORDS, msgspec.msgpack.encode(words))
    return before + framed(ROWS, msgspec.msgpack.encode(rows))


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")


ROWS_DECODER = msgspec.msgpack.Decoder(Rows)
"""Reads what a frame of rows holds."""

WORDS_DECODER = msgspec.msgpack.Decoder(Words)
"""Reads what a frame of words holds."""
