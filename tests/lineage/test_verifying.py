"""What is said of folders that are no findings; the tampering with real ones is in ``test_conducting``."""

import pytest

from excise.lineage.manifest import seal
from excise.lineage.verifying import verify
from excise.observation.signing import Signer


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "finding"
    made.mkdir()
    (made / "a.txt").write_bytes(b"abc")
    seal(made, protocol_sha256="p", signer=Signer.open(tmp_path / "key.pem"), now_s=5.0, version="0")
    return made


def fails(folder):
    return [(one.what, one.says) for one in verify(folder) if one.verdict == "fails"]


def test_a_folder_that_was_never_signed_is_told(tmp_path):
    ((what, says),) = fails(tmp_path)
    assert what == "signature"
    assert "manifest.json" in says
    assert "nothing that could vouch for the rest" in says


def test_what_is_signed_but_no_finding_is_told(folder):
    ((what, says),) = fails(folder)
    assert what == "protocol"
    assert "protocol.json" in says


def test_a_manifest_in_another_form_is_not_the_one_that_was_signed(folder):
    path = folder / "manifest.json"
    path.write_bytes(path.read_bytes().replace(b",", b", "))
    ((what, says),) = fails(folder)
    assert what == "signature"
    assert says.startswith("manifest.json is not in canonical form")


def test_a_signature_of_another_manifest_is_told(folder, tmp_path):
    (folder / "a.txt").write_bytes(b"abd")
    other = tmp_path / "other"
    other.mkdir()
    seal(other, protocol_sha256="p", signer=Signer.open(tmp_path / "key.pem"), now_s=5.0, version="0")
    (folder / "signature.json").write_bytes((other / "signature.json").read_bytes())
    assert ("signature", "manifest.json is not the manifest that was signed") in fails(folder)
    assert ("files", "a.txt was changed") in fails(folder)
