"""The manifest: the sums of all files of a finding, time-stamped where an authority is there, and signed.

    manifest.json    canonical JSON: each file with its SHA-256 sum and length
    manifest.tsr     the authority's time stamp of manifest.json, where one was asked for
    signature.json   Ed25519 over the sums of the two above, with the public key

The stamp is made before the signature, so that the signature covers it: a change of any byte of any file is a
file whose sum is wrong, or a signature that does not hold.
"""

import os
from pathlib import Path

import msgspec
from msgspec import Struct

from excise.errors import BadTable
from excise.lineage import timestamps
from excise.observation.canonical import canonical, sha256, sha256_of
from excise.observation.signing import Signer, signed_by

FILE, STAMP, SIGNATURE = "manifest.json", "manifest.tsr", "signature.json"
OWN = frozenset({FILE, STAMP, SIGNATURE})
"""The files that a manifest does not list: they are checked by the signature."""


class Part(Struct, frozen=True, kw_only=True):
    """A file of a finding."""

    file: str
    sha256: str
    length_bytes: int


class Manifest(Struct, frozen=True, kw_only=True):
    """All files of a finding but the manifest's own, by name."""

    protocol_sha256: str
    files: tuple[Part, ...]
    sealed_at_s: float
    version: str
    kind: str = "excise-lineage-manifest-1"


class Signature(Struct, frozen=True, kw_only=True):
    """Who vouches for a manifest and its time stamp."""

    manifest_sha256: str
    stamp_sha256: str | None
    public_key: str
    signature: str = ""
    algorithm: str = "Ed25519"

    def signed(self) -> bytes:
        """Return what the signature is over: this record without it, as canonical JSON."""
        return canonical(msgspec.structs.replace(self, signature=""))

    def holds(self) -> bool:
        """Say whether it is a signature of what it says."""
        return self.algorithm == "Ed25519" and signed_by(self.public_key, self.signature, self.signed())


def parts(folder: Path) -> tuple[Part, ...]:
    """Return the files of a folder as they are now, without the manifest's own.

    Raises:
        BadTable: there is something else than plain files in it.
    """
    found = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            raise BadTable(f"{path}: a finding holds plain files only; take it away")
        if path.is_file() and name not in OWN:
            found.append(Part(file=name, sha256=sha256_of(path), length_bytes=path.stat().st_size))
    return tuple(found)


def seal(
    folder: Path, *, protocol_sha256: str, signer: Signer, now_s: float, version: str, tsa: str | None = None
) -> Manifest:
    """Write the manifest of a folder, have it stamped where ``tsa`` (an address) says, and sign both.

    Raises:
        NoTimestamp: the authority gave no stamp; nothing is signed then.
    """
    for name in OWN:
        (folder / name).unlink(missing_ok=True)
    manifest = Manifest(
        protocol_sha256=protocol_sha256, files=parts(folder), sealed_at_s=now_s, version=version
    )
    data = canonical(manifest)
    token = timestamps.stamp(data, tsa) if tsa else None
    unsigned = Signature(
        manifest_sha256=sha256(data),
        stamp_sha256=None if token is None else sha256(token),
        public_key=signer.public_key,
    )
    signature = msgspec.structs.replace(unsigned, signature=signer.sign(unsigned.signed()))
    _write(folder / FILE, data)
    if token is not None:
        _write(folder / STAMP, token)
    _write(folder / SIGNATURE, canonical(signature))
    return manifest


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
