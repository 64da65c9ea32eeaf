"""A finding is checked again, offline: is every byte as it was signed, and does it hang together?"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, TypeVar

import msgspec
from cryptography.x509 import Certificate
from msgspec import Struct

from excise.errors import BadTable
from excise.lineage import protocol as protocols
from excise.lineage import timestamps
from excise.lineage.manifest import FILE, SIGNATURE, STAMP, Manifest, Signature, parts
from excise.observation.canonical import canonical, sha256

PROTOCOL_STAMP = "protocol.tsr"
"""The time stamp of the protocol, made before the first question."""


_Record = TypeVar("_Record", Manifest, Signature)


class Checked(Struct, frozen=True):
    """One thing that was checked; it is ``open`` for want of something to check it with."""

    what: str
    verdict: Literal["holds", "fails", "open"]
    says: str


class _Named(Struct, frozen=True):
    """As much of ``finding.json`` as has to agree with the rest."""

    protocol_sha256: str


def verify(
    folder: Path, *, signer: str | None = None, roots: tuple[Certificate, ...] = ()
) -> tuple[Checked, ...]:
    """Check a finding.

    Args:
        folder: the finding.
        signer: the public key that must have signed it; None accepts whoever did, and names them.
        roots: certificates of time-stamping authorities that are trusted.

    Returns:
        what was checked, in order. A finding holds when nothing in it fails.
    """
    return tuple(_checks(folder, signer, roots))


def _checks(folder: Path, signer: str | None, roots: tuple[Certificate, ...]) -> Iterator[Checked]:
    try:
        data = (folder / FILE).read_bytes()
        manifest = _exactly(data, Manifest, FILE)
        signature = _exactly((folder / SIGNATURE).read_bytes(), Signature, SIGNATURE)
    except (OSError, ValueError) as error:
        yield Checked("signature", "fails", f"{error}; there is nothing that could vouch for the rest")
        return
    yield _signed(data, signature)
    yield _by(signature, signer)
    yield from _files(folder, manifest)
    yield from _protocol(folder, manifest, roots)
    yield _stamp("manifest time stamp", folder / STAMP, data, roots, signature.stamp_sha256)


def _exactly(data: bytes, shape: type[_Record], name: str) -> _Record:
    record = msgspec.json.decode(data, type=shape)
    if canonical(record) != data:
        raise ValueError(f"{name} is not in canonical form")
    return record


def _signed(data: bytes, signature: Signature) -> Checked:
    if not signature.holds():
        return Checked("signature", "fails", f"{SIGNATURE} does not hold: it, or what it signs, was changed")
    if signature.manifest_sha256 != sha256(data):
        return Checked("signature", "fails", f"{FILE} is not the manifest that was signed")
    return Checked("signature", "holds", f"Ed25519 by {signature.public_key}")


def _by(signature: Signature, signer: str | None) -> Checked:
    if signer is None:
        return Checked(
            "signer",
            "open",
            "compare the key with the one that the maker published, or name it with --signer",
        )
    if signature.public_key != signer:
        return Checked("signer", "fails", f"signed by {signature.public_key}, not by {signer}")
    return Checked("signer", "holds", "the key that was named")


def _files(folder: Path, manifest: Manifest) -> Iterator[Checked]:
    listed = {part.file: part for part in manifest.files}
    try:
        there = {part.file: part for part in parts(folder)}
    except BadTable as error:
        yield Checked("files", "fails", str(error))
        return
    wrong = [f"{name} is missing" for name in sorted(listed.keys() - there.keys())]
    wrong += [f"{name} was added" for name in sorted(there.keys() - listed.keys())]
    wrong += [
        f"{name} was changed" for name in sorted(listed.keys() & there.keys()) if listed[name] != there[name]
    ]
    for text in wrong:
        yield Checked("files", "fails", text)
    if not wrong:
        yield Checked("files", "holds", f"all {len(listed)} files are as they were signed")


def _protocol(folder: Path, manifest: Manifest, roots: tuple[Certificate, ...]) -> Iterator[Checked]:
    path = folder / protocols.FILE
    try:
        protocol = protocols.read(path)
        named = msgspec.json.decode((folder / "finding.json").read_bytes(), type=_Named)
    except (OSError, BadTable, msgspec.DecodeError, UnicodeDecodeError) as error:
        yield Checked("protocol", "fails", str(error))
        return
    if not protocol.sha256 == named.protocol_sha256 == manifest.protocol_sha256:
        yield Checked("protocol", "fails", "the finding, the manifest and the protocol do not name one hash")
        return
    yield Checked("protocol", "holds", protocol.sha256)
    stamp = folder / PROTOCOL_STAMP
    if not stamp.exists():
        yield Checked(
            "protocol time stamp", "open", "none: that it was frozen before looking is its maker's word"
        )
        return
    yield _stamped("protocol time stamp", stamp.read_bytes(), path.read_bytes(), roots)


def _stamp(
    what: str, path: Path, data: bytes, roots: tuple[Certificate, ...], signed_sha256: str | None
) -> Checked:
    """Check a time stamp that the signature covers."""
    token = path.read_bytes() if path.exists() else None
    if signed_sha256 != (None if token is None else sha256(token)):
        return Checked(what, "fails", f"{path.name} is not the one that was signed")
    if token is None:
        return Checked(what, "open", "none: its dates are its maker's word")
    return _stamped(what, token, data, roots)


def _stamped(what: str, token: bytes, data: bytes, roots: tuple[Certificate, ...]) -> Checked:
    if not roots:
        return Checked(what, "open", "there is one; name its authority's root certificate with --tsa-root")
    try:
        stamped = timestamps.check(token, data, roots)
    except timestamps.NoTimestamp as error:
        return Checked(what, "fails", str(error))
    when = datetime.fromtimestamp(stamped.at_s, tz=UTC).strftime("%Y-%m-%d %H:%M:%S")
    return Checked(what, "holds", f"{when} UTC, by {stamped.authority}")
