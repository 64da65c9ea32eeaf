import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from excise.errors import BadSetting
from excise.observation.signing import Signer, key_file, signed_by


def test_a_key_is_made_once_and_for_its_owner_only(tmp_path):
    path = tmp_path / "settings" / "key.pem"
    first = Signer.open(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert Signer.open(path).public_key == first.public_key
    assert [one.name for one in path.parent.iterdir()] == ["key.pem"]
    assert first.public_key in repr(first)


def test_processes_that_make_it_at_once_agree(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: Signer.open(tmp_path / "key.pem").public_key, range(8)))
    assert len(set(made)) == 1


def test_what_was_signed_is_told_from_what_was_not(tmp_path):
    signer = Signer.open(tmp_path / "key.pem")
    signature = signer.sign(b"data")
    assert signed_by(signer.public_key, signature, b"data")
    assert not signed_by(signer.public_key, signature, b"date")
    assert not signed_by(Signer.open(tmp_path / "other.pem").public_key, signature, b"data")
    for at in range(len(signature)):
        changed = signature[:at] + ("0" if signature[at] != "0" else "1") + signature[at + 1 :]
        assert not signed_by(signer.public_key, changed, b"data")


@pytest.mark.parametrize(
    "change", [str.upper, lambda text: text + " ", lambda text: text[:0], lambda text: "zz" + text[2:]]
)
def test_a_signature_is_written_one_way(tmp_path, change):
    signer = Signer.open(tmp_path / "key.pem")
    assert not signed_by(signer.public_key, change(signer.sign(b"data")), b"data")


def test_a_key_that_others_can_read_is_refused(tmp_path):
    Signer.open(tmp_path / "key.pem")
    (tmp_path / "key.pem").chmod(0o640)
    with pytest.raises(BadSetting, match="chmod 600"):
        Signer.open(tmp_path / "key.pem")


@pytest.mark.parametrize("content", [b"", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_what_is_no_key_is_refused(tmp_path, content):
    (tmp_path / "key.pem").write_bytes(content)
    (tmp_path / "key.pem").chmod(0o600)
    with pytest.raises(BadSetting, match="no Ed25519 key"):
        Signer.open(tmp_path / "key.pem")


def test_the_environment_says_where_it_is(monkeypatch, tmp_path):
    monkeypatch.setenv("EXCISE_SIGNING_KEY", str(tmp_path / "mine.pem"))
    assert key_file() == tmp_path / "mine.pem"
    monkeypatch.delenv("EXCISE_SIGNING_KEY")
    assert key_file().name == "lineage-signing.pem"


def test_it_is_standard_ed25519():
    """RFC 8032, 7.1, test 2."""
    secret = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
    signer = Signer(Ed25519PrivateKey.from_private_bytes(secret))
    assert signer.public_key == "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    assert signer.sign(b"\x72").startswith("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da")
