"""One way to write a record as JSON (RFC 8785), so that its hash and its signature mean one thing."""

import hashlib
from pathlib import Path

import msgspec
import rfc8785


def canonical(record: object) -> bytes:
    """Return a record as canonical JSON: sorted keys, one way to write each number and string.

    >>> canonical({"b": 1.0, "a": "é"}).decode()
    '{"a":"é","b":1}'
    """
    return rfc8785.dumps(msgspec.to_builtins(record))


def sha256(data: bytes) -> str:
    """Return the SHA-256 sum of bytes in hexadecimal.

    >>> sha256(b"")[:8]
    'e3b0c442'
    """
    return hashlib.sha256(data).hexdigest()


def sha256_of(path: Path) -> str:
    """Return the SHA-256 sum of a file in hexadecimal."""
    with path.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()
