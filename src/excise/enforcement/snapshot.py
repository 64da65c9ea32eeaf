"""The table as a file: what a client goes on with when it starts while the service is down.

A header in JSON, then the bytes of the shelves, then a digest of both. It is written beside its place and
moved there, so that a reader never sees half of one. It names accounts and holds the key of references: only
its owner may read it.
"""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
from msgspec import Struct

from excise.enforcement.shelf import COLUMNS, Shelf, Terms
from excise.enforcement.table import DecisionTable
from excise.errors import ExciseError

_MAGIC = b"EXCISE TABLE 1\n"
_DIGEST_BYTES = 32


class SnapshotDamaged(ExciseError):
    """A saved table is not what was written."""


class _Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    rows: int
    text_bytes: int
    terms: tuple[Terms, ...]


class _Head(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    sequence: int
    saved_at_s: float
    seed: int
    reference_key: bytes
    parts: tuple[_Part, _Part]


class Snapshot(Struct, frozen=True):
    """What a file held: the table, when it was saved, and the key of references."""

    table: DecisionTable
    saved_at_s: float
    reference_key: bytes


def save(table: DecisionTable, path: Path, *, at_s: float, reference_key: bytes) -> None:
    """Write a table, without what has ended.

    Args:
        table: it is settled on the way.
        path: where to; its folder is there.
        at_s: now.
        reference_key: of ``excise.enforcement.references``.
    """
    shelves = table.settle(at_s=at_s)
    parts = [_Part(rows=len(one), text_bytes=len(one.texts), terms=one.terms) for one in shelves]
    head = _Head(
        sequence=table.sequence,
        saved_at_s=at_s,
        seed=table.seed,
        reference_key=reference_key,
        parts=(parts[0], parts[1]),
    )
    beside = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    digest = hashlib.blake2b(digest_size=_DIGEST_BYTES)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        for piece in (_MAGIC, msgspec.json.encode(head) + b"\n", *_pieces(shelves)):
            digest.update(piece)
            file.write(piece)
        file.write(digest.digest())
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def _pieces(shelves: tuple[Shelf, Shelf]) -> Iterator[bytes]:
    for shelf in shelves:
        yield shelf.texts
        for name, form in COLUMNS.items():
            yield np.ascontiguousarray(shelf.columns[name], dtype=form).tobytes()


def load(path: Path) -> Snapshot:
    """Read a table.

    Raises:
        SnapshotDamaged: the file is not there, cannot be read, or is not what was written.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SnapshotDamaged(f"{path}: the saved table cannot be read ({error.strerror})") from None
    body, said = memoryview(data)[:-_DIGEST_BYTES], data[-_DIGEST_BYTES:]
    if (
        not data.startswith(_MAGIC)
        or hashlib.blake2b(body, digest_size=_DIGEST_BYTES).digest() != said
        or b"\n" not in data[len(_MAGIC) :]
    ):
        raise SnapshotDamaged(
            f"{path}: this is no saved table, or not all of it; remove it, and it is written again as soon "
            "as the service answers"
        )
    end = data.index(b"\n", len(_MAGIC))
    try:
        head = msgspec.json.decode(data[len(_MAGIC) : end], type=_Head)
    except msgspec.DecodeError as error:
        raise SnapshotDamaged(f"{path}: a saved table of another version ({error}); remove it") from None
    table = DecisionTable(seed=head.seed)
    shelves, at = [], end + 1
    for part in head.parts:
        texts = bytes(body[at : at + part.text_bytes])
        at += part.text_bytes
        columns = {}
        for name, form in COLUMNS.items():
            columns[name] = np.frombuffer(body, dtype=form, count=part.rows, offset=at).copy()
            at += columns[name].nbytes
        shelves.append(Shelf(head.seed, texts, columns, part.terms))
    table.stand((shelves[0], shelves[1]), sequence=head.sequence)
    return Snapshot(table, head.saved_at_s, head.reference_key)
