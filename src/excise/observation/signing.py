"""The key that signs findings: Ed25519 (RFC 8032), made on first use, readable by its owner only."""

import os
import stat
import tempfile
from pathlib import Path

import platformdirs
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from excise.errors import BadSetting


def key_file() -> Path:
    """Return where the key is kept: where ``EXCISE_SIGNING_KEY`` says, or among the user's settings."""
    named = os.environ.get("EXCISE_SIGNING_KEY")
    return Path(named) if named else platformdirs.user_config_path("excise") / "lineage-signing.pem"


class Signer:
    """Signs findings. It shows only its public key.

    Attributes:
        public_key: 64 hexadecimal characters; publish them where others can find them.
    """

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.public_key = private.public_key().public_bytes_raw().hex()

    @classmethod
    def open(cls, path: Path | None = None) -> "Signer":
        """Read the key, making it where there is none yet.

        Raises:
            BadSetting: others than the owner can read it, or it is not such a key.
        """
        path = key_file() if path is None else path
        if not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _make(path)
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise BadSetting(
                f"{path}: others than its owner can read the signing key; say: chmod 600 {path} "
                "(and, if they may have read it, move it away: a new one is made)"
            )
        try:
            private = serialization.load_pem_private_key(path.read_bytes(), password=None)
        except (ValueError, TypeError):
            private = None
        if not isinstance(private, Ed25519PrivateKey):
            raise BadSetting(f"{path}: this is no Ed25519 key in PEM; restore it from a back-up")
        return cls(private)

    def sign(self, data: bytes) -> str:
        """Return the signature of data, 128 hexadecimal characters."""
        return self._private.sign(data).hex()

    def __repr__(self) -> str:
        return f"Signer({self.public_key})"


def signed_by(public_key: str, signature: str, data: bytes) -> bool:
    """Say whether a signature is one of ``data`` under a public key, both in lower-case hexadecimal.

    >>> signed_by("00" * 32, "00" * 64, b"")
    False
    """
    try:
        key, sign = bytes.fromhex(public_key), bytes.fromhex(signature)
        if (key.hex(), sign.hex()) != (public_key, signature):
            return False
        Ed25519PublicKey.from_public_bytes(key).verify(sign, data)
    except (ValueError, InvalidSignature):
        return False
    return True


def _make(path: Path) -> None:
    private = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    descriptor, name = tempfile.mkstemp(dir=path.parent)  # only its owner can read it
    new = Path(name)
    with os.fdopen(descriptor, "wb") as out:
        out.write(private)
        out.flush()
        os.fsync(out.fileno())
    try:
        os.link(new, path)  # unlike a rename, it leaves a key alone that another process made meanwhile
    except FileExistsError:
        pass
    finally:
        new.unlink()
