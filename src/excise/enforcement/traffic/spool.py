"""The spool: captured lines wait on disk, encrypted, while the service is down.

A folder of files, each some megabytes, the oldest sent first and then removed. What is in them is encrypted
with a key that is derived from the token of the service (HKDF and AES-GCM): the folder alone says nothing,
and a gateway that starts anew can still send what is in it.
"""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from excise.errors import NotInstalled

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12
_SUFFIX = ".spool"


class Spool:
    """A folder of batches.

    Args:
        folder: made if it is not there; only its owner may read it.
        token: of the service; "" still encrypts, under a key that anyone can derive.
        most_bytes: how much may wait in it.

    Raises:
        NotInstalled: cryptography is not there.
    """

    def __init__(self, folder: Path, token: str, *, most_bytes: int) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        self._box = _box(token)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for stray in folder.glob("*.tmp"):
            stray.unlink()
        waiting = self._files()
        self._next = int(waiting[-1].stem) + 1 if waiting else 0
        self._bytes = sum(path.stat().st_size for path in waiting)

    def __bool__(self) -> bool:
        """Say whether anything waits."""
        return bool(self._files())

    def put(self, batch: bytes) -> bool:
        """Keep a batch of lines, and say whether there was room for it."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = nonce + self._box.encrypt(nonce, batch, None)
        if self._bytes + len(sealed) > self._most_bytes:
            return False
        path = self._folder / f"{self._next:012d}{_SUFFIX}"
        beside = path.with_suffix(".tmp")
        try:
            with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(sealed)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        except OSError:
            beside.unlink(missing_ok=True)
            return False
        self._next += 1
        self._bytes += len(sealed)
        return True

    def batches(self) -> Iterator[tuple[Path, bytes]]:
        """Yield what waits, the oldest first; what another token wrote cannot be opened, and stays."""
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - of the extra

        for path in self._files():
            sealed = path.read_bytes()
            try:
                yield path, self._box.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], None)
            except (InvalidTag, ValueError):
                continue

    def remove(self, path: Path) -> None:
        """Remove a batch that was sent."""
        self._bytes -= path.stat().st_size
        path.unlink()

    def _files(self) -> list[Path]:
        return sorted(path for path in self._folder.glob(f"*{_SUFFIX}") if path.stem.isdecimal())


def _box(token: str) -> "AESGCM":
    try:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - of the extra
        from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF  # noqa: PLC0415
    except ImportError:
        raise NotInstalled(
            "the spool stands on the package cryptography; pip install 'excise[serve]' brings it"
        ) from None
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"excise spool").derive(token.encode())
    return AESGCM(derived)
