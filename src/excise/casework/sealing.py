"""Seals: who writes cannot read.

A seal has a public part, which lies in the data folder and only closes, and a private part, which opens and
is kept under a passphrase. Each session draws a fresh X25519 key (RFC 7748), agrees on a secret with the
public part, derives a key from it by HKDF-SHA-256 (RFC 5869) and seals pieces with ChaCha20-Poly1305 (RFC
8439) under a counter. A piece that was changed, moved, repeated or left out is noticed; so is a missing end.
"""

import io
import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from excise.casework.refusals import SealBroken
from excise.errors import BadSetting

MAGIC = b"EXSEAL1\n"
"""How a sealed session begins; 32 bytes of the session's public key follow."""

HEADER_BYTES = len(MAGIC) + 32
PIECE_BYTES = 1 << 20
"""How much of a stream goes into one piece."""

_TAG_BYTES = 16
_LENGTH = struct.Struct(">I")
_PUBLIC_BEGINS = "excise-seal-x25519 "
_SHORTEST_PASSPHRASE = 12


class Session:
    """Seals pieces, one after the other, under one agreed key.

    Attributes:
        header: goes before the first piece; whoever opens needs it once.

    Not for several threads at once: the pieces are counted.
    """

    def __init__(self, public: X25519PublicKey) -> None:
        mine = X25519PrivateKey.generate()
        point = mine.public_key().public_bytes_raw()
        self.header = MAGIC + point
        self._cipher = ChaCha20Poly1305(_derive(mine.exchange(public), point, public.public_bytes_raw()))
        self._count = 0

    def seal(self, data: bytes, *, last: bool = False) -> bytes:
        """Return the next piece: its length, and the data that only the private part opens."""
        piece = self._cipher.encrypt(_nonce(self._count, last=last), data, None)
        self._count += 1
        return _LENGTH.pack(len(piece)) + piece


class Seal:
    """The public part: it closes, and cannot open.

    >>> private, seal = Opener.generate()
    >>> private.open(seal.seal(b"words"))
    b'words'
    """

    def __init__(self, public: X25519PublicKey) -> None:
        self._public = public

    @classmethod
    def public(cls, path: Path) -> Self:
        """Read the public part from a file.

        Raises:
            BadSetting: it is not there, or is none.
        """
        try:
            _, begins, digits = path.read_text("ascii").rpartition(_PUBLIC_BEGINS)
            return cls(X25519PublicKey.from_public_bytes(bytes.fromhex(digits) if begins else b""))
        except FileNotFoundError:
            raise BadSetting(
                f"{path}: there is no public key to seal with; excise serve makes it: name its --data"
            ) from None
        except ValueError:
            raise BadSetting(f"{path}: this is no public key of a seal; restore it from a back-up") from None

    @property
    def id(self) -> str:
        """The public key in hexadecimal; it names the seal."""
        return self._public.public_bytes_raw().hex()

    def write(self, path: Path) -> None:
        """Write the public part to a file."""
        path.write_text(f"{_PUBLIC_BEGINS}{self.id}\n", "ascii")

    def session(self) -> Session:
        """Begin a session: one agreement for many pieces."""
        return Session(self._public)

    def seal(self, data: bytes) -> bytes:
        """Return data sealed by itself: header and one piece."""
        session = self.session()
        return session.header + session.seal(data, last=True)

    def seal_stream(self, chunks: Iterator[bytes], out: BinaryIO) -> int:
        """Write a sealed stream of any size; return how many bytes went in."""
        session, held, total = self.session(), bytearray(), 0
        out.write(session.header)
        for chunk in chunks:
            total += len(chunk)
            held += chunk
            while len(held) > PIECE_BYTES:
                out.write(session.seal(bytes(held[:PIECE_BYTES])))
                del held[:PIECE_BYTES]
        out.write(session.seal(bytes(held), last=True))
        return total


class Opener:
    """The private part: it opens what the public part closed. It shows only the public key."""

    def __init__(self, private: X25519PrivateKey) -> None:
        self._private = private
        self._public = private.public_key().public_bytes_raw()

    @classmethod
    def generate(cls) -> tuple["Opener", Seal]:
        """Draw a pair of keys."""
        private = X25519PrivateKey.generate()
        return cls(private), Seal(private.public_key())

    @classmethod
    def read(cls, path: Path, passphrase: str) -> "Opener":
        """Read the private part.

        Raises:
            BadSetting: it is not there, or is none.
            SealBroken: the passphrase is wrong.
        """
        try:
            private = load_pem_private_key(path.read_bytes(), passphrase.encode())
        except FileNotFoundError:
            raise BadSetting(f"{path}: the private key is not there; name where it is kept") from None
        except (ValueError, TypeError):
            raise SealBroken(
                f"{path}: the passphrase does not open this key; say the right one, or restore the file"
            ) from None
        if not isinstance(private, X25519PrivateKey):
            raise BadSetting(f"{path}: this is no X25519 key in PEM; restore it from a back-up")
        return cls(private)

    def write(self, path: Path, passphrase: str) -> None:
        """Write the private part under a passphrase, readable by its owner only; never over another.

        Raises:
            BadSetting: the passphrase is short.
        """
        if len(passphrase) < _SHORTEST_PASSPHRASE:
            raise BadSetting(
                f"the passphrase has {len(passphrase)} characters; take at least {_SHORTEST_PASSPHRASE}"
            )
        pem = self._private.private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(passphrase.encode())
        )
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(pem)
            out.flush()
            os.fsync(out.fileno())

    @property
    def seal(self) -> Seal:
        """Its public part."""
        return Seal(self._private.public_key())

    def pieces(self, source: BinaryIO, *, whole: bool = True, most_bytes: int = 64 << 20) -> Iterator[bytes]:
        """Yield the pieces of a session in turn, each checked.

        Args:
            source: stands at the session's header.
            whole: demand that the session was ended; without it, one that breaks off ends quietly there, as a
                file does that a killed process was writing.
            most_bytes: of one piece; a longer one is held to be damage.

        Raises:
            SealBroken: something was changed, moved or cut, or another key closed it.
        """
        cipher = self._agree(source.read(HEADER_BYTES))
        count, ended = 0, False
        while head := source.read(_LENGTH.size):
            if ended:
                raise SealBroken("something was added after the end of the sealed data")
            piece = _piece(head, source, count, most_bytes)
            if piece is None:
                if whole:
                    raise SealBroken(f"the sealed data breaks off in piece {count}")
                return
            data, ended = _decrypt(cipher, piece, count)
            yield data
            count += 1
        if whole and not ended:
            raise SealBroken(f"the sealed data ends after {count} pieces, before its end")

    def open(self, data: bytes) -> bytes:
        """Return what ``Seal.seal`` closed.

        Raises:
            SealBroken: it was changed or cut, or another key closed it.
        """
        return b"".join(self.pieces(io.BytesIO(data), most_bytes=len(data)))

    def _agree(self, header: bytes) -> ChaCha20Poly1305:
        if len(header) < HEADER_BYTES or not header.startswith(MAGIC):
            raise SealBroken("this does not begin as sealed data does")
        point = header[len(MAGIC) :]
        try:
            agreed = self._private.exchange(X25519PublicKey.from_public_bytes(point))
        except ValueError:
            raise SealBroken("the header of the sealed data was changed") from None
        return ChaCha20Poly1305(_derive(agreed, point, self._public))

    def __repr__(self) -> str:
        return f"Opener({self._public.hex()})"


def _piece(head: bytes, source: BinaryIO, count: int, most_bytes: int) -> bytes | None:
    """Read the piece that a length announces; None where the data breaks off."""
    if len(head) < _LENGTH.size:
        return None
    length = _LENGTH.unpack(head)[0]
    if not _TAG_BYTES <= length <= most_bytes:
        raise SealBroken(f"piece {count} of the sealed data says it has {length} bytes; it was changed")
    piece = source.read(length)
    return piece if len(piece) == length else None


def _decrypt(cipher: ChaCha20Poly1305, piece: bytes, count: int) -> tuple[bytes, bool]:
    """Return a piece's data, and whether it is the last."""
    for last in (False, True):
        try:
            return cipher.decrypt(_nonce(count, last=last), piece, None), last
        except InvalidTag:
            continue
    raise SealBroken(f"piece {count} was changed or moved, or another key closed it")


def _derive(agreed: bytes, point: bytes, public: bytes) -> bytes:
    return HKDF(SHA256(), 32, None, b"excise seal v1" + point + public).derive(agreed)


def _nonce(count: int, *, last: bool) -> bytes:
    return struct.pack(">3xBQ", last, count)
