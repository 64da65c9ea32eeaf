"""Exhibits: the original exchanges of a case's accounts, copied once into one sealed file.

An exhibit holds each record as its log has it, byte for byte, with where it was found. It is written as a
stream, so it may be of any size, and who writes it cannot read it back: that takes the private part of the
seal. Who preserves and who opens stands in the ledger; what was changed in the file is found.
"""

import hashlib
import os
import struct
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec
from msgspec import Struct

from excise.casework.case import Happening
from excise.casework.refusals import SealBroken
from excise.casework.sealing import Opener, Seal
from excise.casework.state import State
from excise.casework.state.texts import fresh, kept
from excise.errors import BadSetting
from excise.ingest.exchange import ACCOUNT_FIELDS, account_of
from excise.ingest.reading import Portion, batch, portions

__all__ = ["ACCOUNT_FIELDS", "Label", "Original", "Preserved", "from_logs", "preserve", "reveal"]

_LENGTH = struct.Struct(">I")
_MOST_RECORD_BYTES = 64 << 20


class Original(Struct, frozen=True, kw_only=True):
    """One record as its source has it, and where that was.

    Attributes:
        account: whose.
        record_id: of the exchange.
        place: the file, or the spool.
        line: of the file, from 1; 0 in the spool.
        raw: the bytes of the record.
    """

    account: str
    record_id: str
    place: str
    line: int
    raw: bytes

    def __repr__(self) -> str:
        return f"Original({self.account!r}, {self.record_id!r}, {self.place!r}, {self.line})"


class Label(Struct, frozen=True, kw_only=True):
    """What an exhibit is: the first thing in it."""

    id: str
    case: str
    accounts: tuple[str, ...]
    made_by: str
    made_at_s: float
    reason: str


class Preserved(Struct, frozen=True, kw_only=True):
    """An exhibit that was made: where it lies, what is in it, and the SHA-256 sum of the sealed file."""

    label: Label
    path: Path
    records: int
    sha256: str


def preserve(
    state: State,
    case: str,
    originals: Iterable[Original],
    folder: Path,
    seal: Seal,
    *,
    reason: str,
    by: str,
    now_s: float,
) -> Preserved:
    """Copy originals of a case into a sealed file, and write that down in the ledger.

    Args:
        state: where the case is.
        case: its id.
        originals: from ``from_logs``, and from the spool; those of other accounts are passed over.
        folder: where exhibits lie.
        seal: the public part.
        reason: why.
        by: who.
        now_s: epoch seconds.

    Raises:
        NoSuchRecord: there is no such case.
        BadSetting: nothing of its accounts was found, or no reason is given.
    """
    found = state.cases.get(case)
    label = Label(
        id=fresh("exhibit-", digits=12),
        case=found.id,
        accounts=found.accounts,
        made_by=by,
        made_at_s=now_s,
        reason=kept(reason, "reason"),
    )
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{label.id}.sealed"
    unfinished = path.with_suffix(".tmp")
    counted = _Counted(label, frozenset(found.accounts), originals)
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            seal.seal_stream(counted.frames(), out)
            out.flush()
            os.fsync(out.fileno())
        if not counted.records:
            raise BadSetting(
                f"{case}: nothing that its {len(found.accounts):,} accounts sent was found; name the "
                "logs that hold it, with the --account-field that the case's accounts are of"
            )
        with unfinished.open("rb") as data:
            digest = hashlib.file_digest(data, "sha256").hexdigest()
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    text = f"{counted.records:,} exchanges preserved in {path.name} (SHA-256 {digest}): {label.reason}"
    state.ledger.note(Happening.PRESERVED, text, case=case, about=label.id, by=by, now_s=now_s)
    return Preserved(label=label, path=path, records=counted.records, sha256=digest)


def reveal(
    state: State, path: Path, opener: Opener, *, reason: str, by: str, now_s: float
) -> tuple[Label, Iterator[Original]]:
    """Open an exhibit. That it was opened, by whom and why, is in the ledger before its first word is out.

    Raises:
        SealBroken: it was changed or cut, or the key is another; what comes late is raised while reading.
        BadSetting: no reason is given.
    """
    why = kept(reason, "reason")
    frames = _frames(path, opener)
    try:
        label = msgspec.msgpack.decode(next(frames), type=Label)
    except (StopIteration, msgspec.DecodeError):
        raise SealBroken(f"{path}: what is sealed in it is no exhibit") from None
    text = f"{label.id} opened: {why}"
    state.ledger.note(Happening.REVEALED, text, case=label.case, about=label.id, by=by, now_s=now_s)
    return label, (msgspec.msgpack.decode(frame, type=Original) for frame in frames)


def from_logs(
    logs: Iterable[str | Path],
    accounts: Collection[str],
    *,
    format_name: str | None = None,
    account_field: str | None = None,
) -> Iterator[Original]:
    """Yield the records of some accounts, byte for byte as the logs have them.

    A log may be larger than memory: what is not theirs is read once, by chunks, and thrown away.

    Raises:
        NoSuchLog, UnknownFormat: see ``excise.ingest.reading``.
    """
    wanted = frozenset(accounts)
    for portion in portions(logs, format_name):
        if any(account in wanted for account, _ in _accounts(portion, account_field)):
            yield from _picked(portion, wanted, account_field)


def _picked(portion: Portion, wanted: frozenset[str], account_field: str | None) -> Iterator[Original]:
    chunk, offset = portion.chunk, portion.chunk.offset
    for number, line in enumerate(chunk.data.splitlines(keepends=True), chunk.first_line):
        alone = msgspec.structs.replace(
            chunk, data=line, first_line=number, offset=offset, ends_open=False, rejects=(), notice=None
        )
        offset += len(line)
        if line.isspace():
            continue
        for account, record_id in _accounts(msgspec.structs.replace(portion, chunk=alone), account_field):
            if account in wanted:
                yield Original(
                    account=account,
                    record_id=record_id,
                    place=chunk.file,
                    line=number,
                    raw=line.rstrip(b"\r\n"),
                )
                break


def _accounts(portion: Portion, account_field: str | None) -> list[tuple[str, str]]:
    """Return whose the exchanges of a portion are, and their ids."""
    decoded = batch(portion, account_field=account_field)
    found = []
    for exchange in decoded.exchanges:
        account = account_of(exchange, decoded.account_field)
        if account is not None:
            found.append((account, exchange.record_id))
    return found


class _Counted:
    """The frames of an exhibit, counted as they go by; a record that comes twice goes in once."""

    def __init__(self, label: Label, wanted: frozenset[str], originals: Iterable[Original]) -> None:
        self.records = 0
        self._label = label
        self._wanted = wanted
        self._originals = originals

    def frames(self) -> Iterator[bytes]:
        yield _frame(msgspec.msgpack.encode(self._label))
        seen: set[bytes] = set()
        for original in self._originals:
            digest = hashlib.blake2b(
                f"{original.account}\0{original.record_id}\0".encode() + original.raw, digest_size=16
            ).digest()
            if original.account not in self._wanted or digest in seen:
                continue
            seen.add(digest)
            self.records += 1
            yield _frame(msgspec.msgpack.encode(original))


def _frame(data: bytes) -> bytes:
    return _LENGTH.pack(len(data)) + data


def _frames(path: Path, opener: Opener) -> Iterator[bytes]:
    with path.open("rb") as source:
        held = bytearray()
        for piece in _told(path, opener, source):
            held += piece
            while len(held) >= _LENGTH.size:
                length = _LENGTH.unpack_from(held)[0]
                if length > _MOST_RECORD_BYTES:
                    raise SealBroken(f"{path}: a record in it says it has {length:,} bytes")
                end = _LENGTH.size + length
                if len(held) < end:
                    break
                yield bytes(held[_LENGTH.size : end])
                del held[:end]
        if held:
            raise SealBroken(f"{path}: it ends within a record")


def _told(path: Path, opener: Opener, source: BinaryIO) -> Iterator[bytes]:
    try:
        yield from opener.pieces(source)
    except SealBroken as broken:
        raise SealBroken(f"{path}: {broken}") from None
