"""References: what a refused caller appeals with.

A reference is the decision and a keyed digest of the subject, encrypted so that it authenticates itself
(AES-SIV, RFC 5297). Who has the key reads from it which decision it is about, and can check whether the
account that appeals is the one that was refused. Who has not, sees neither; and two accounts that one
decision refused get references that have nothing in common. The same refusal gives the same reference: an
appeal can be found again.
"""

import base64
import binascii
import hashlib
import hmac
from typing import TYPE_CHECKING

from msgspec import Struct

from excise.errors import ExciseError, NotInstalled

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESSIV

KEY_BYTES = 64
_PREFIX = "apl-"
_DIGEST_BYTES = 8
_SIV_BYTES = 16
_PLAIN, _HEX = b"t", b"h"


class NoReference(ExciseError):
    """A text is no reference that this deployment gave out."""


class Referred(Struct, frozen=True):
    """What a reference says: the decision, and a digest that only its subject has."""

    decision: str
    digest: bytes


class References:
    """Makes and reads references.

    Args:
        key: 64 random bytes of the deployment.

    >>> references = References(bytes(range(64)))
    >>> reference = references.make("dec-0123456789abcdef", "acme")
    >>> referred = references.read(reference)
    >>> referred.decision, references.is_about(referred, "acme"), references.is_about(referred, "apex")
    ('dec-0123456789abcdef', True, False)
    """

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError(f"the key of references has {KEY_BYTES} bytes, not {len(key)}")
        self.key = key
        self._digest_key = hashlib.blake2b(b"excise reference digest", key=key, digest_size=32).digest()
        self._box: AESSIV | None = None

    def make(self, decision: str, subject: str) -> str:
        """Return the reference of a refusal."""
        sealed = self._cipher().encrypt(_packed(decision) + self._digest(subject), None)
        return _PREFIX + base64.b32encode(sealed).decode().rstrip("=").lower()

    def read(self, reference: str) -> Referred:
        """Return what a reference says.

        Raises:
            NoReference: it is none of this deployment, or was altered.
        """
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - of the extra

        text = reference.strip().lower()
        coded = text.removeprefix(_PREFIX).upper()
        opened = b""
        try:
            sealed = base64.b32decode(coded + "=" * (-len(coded) % 8))
            # One that is spelled another way (its last character has spare bits) is not ours.
            if text.startswith(_PREFIX) and base64.b32encode(sealed).decode().rstrip("=") == coded:
                opened = self._cipher().decrypt(sealed, None)
        except (InvalidTag, binascii.Error, ValueError):
            opened = b""
        if len(opened) <= _DIGEST_BYTES:
            raise NoReference(
                f"{reference[:80]!r} is no reference of this deployment; it stands in the error that was "
                f"refused with, and begins with {_PREFIX!r}"
            )
        return Referred(_unpacked(opened[:-_DIGEST_BYTES]), opened[-_DIGEST_BYTES:])

    def is_about(self, referred: Referred, subject: str) -> bool:
        """Say whether the subject that was refused is this one."""
        return hmac.compare_digest(referred.digest, self._digest(subject))

    def _digest(self, subject: str) -> bytes:
        text = subject.encode("utf-8", "surrogatepass")
        return hashlib.blake2b(text, key=self._digest_key, digest_size=_DIGEST_BYTES).digest()

    def _cipher(self) -> "AESSIV":
        if self._box is None:
            try:
                from cryptography.hazmat.primitives.ciphers.aead import AESSIV  # noqa: PLC0415 - of the extra
            except ImportError:
                raise NotInstalled(
                    "references stand on the package cryptography; pip install 'excise[serve]' brings it"
                ) from None
            self._box = AESSIV(self.key)
        return self._box


def _packed(decision: str) -> bytes:
    head, _, tail = decision.partition("dec-")
    if not head and len(tail) == 16 and all(c in "0123456789abcdef" for c in tail):
        return _HEX + bytes.fromhex(tail)
    return _PLAIN + decision.encode("utf-8", "surrogatepass")


def _unpacked(packed: bytes) -> str:
    if packed[:1] == _HEX:
        return f"dec-{packed[1:].hex()}"
    return packed[1:].decode("utf-8", "surrogatepass")
