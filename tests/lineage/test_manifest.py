import json
import os
import stat

import msgspec
import pytest

from excise.errors import BadTable
from excise.lineage.manifest import FILE, SIGNATURE, STAMP, Signature, parts, seal
from excise.observation.signing import Signer


@pytest.fixture
def signer(tmp_path):
    return Signer.open(tmp_path / "key.pem")


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "finding"
    (made / "deep").mkdir(parents=True)
    (made / "a.txt").write_bytes(b"abc")
    (made / "deep" / "b.txt").write_bytes(b"")
    return made


def test_every_file_is_listed_by_its_sum(folder, signer):
    manifest = seal(folder, protocol_sha256="p", signer=signer, now_s=5.0, version="0")
    assert [(one.file, one.length_bytes) for one in manifest.files] == [("a.txt", 3), ("deep/b.txt", 0)]
    assert json.loads((folder / FILE).read_bytes())["files"][0]["sha256"].startswith("ba7816bf")
    assert not (folder / STAMP).exists()


def test_sealing_again_covers_the_same_files(folder, signer, authority):
    first = seal(folder, protocol_sha256="p", signer=signer, now_s=5.0, version="0", tsa=authority.url)
    assert (folder / STAMP).exists()
    second = seal(folder, protocol_sha256="p", signer=signer, now_s=5.0, version="0")
    assert second == first
    assert not (folder / STAMP).exists()


def test_a_signature_is_over_all_that_it_says(folder, signer):
    seal(folder, protocol_sha256="p", signer=signer, now_s=5.0, version="0")
    signature = msgspec.json.decode((folder / SIGNATURE).read_bytes(), type=Signature)
    assert signature.holds()
    assert signature.public_key == signer.public_key
    for name in ("manifest_sha256", "stamp_sha256", "public_key", "algorithm"):
        assert not msgspec.structs.replace(signature, **{name: "00" * 32}).holds(), name


@pytest.mark.parametrize("kind", ["link", "pipe"])
def test_only_plain_files_are_sealed(folder, signer, kind):
    odd = folder / "odd"
    if kind == "link":
        odd.symlink_to(folder / "a.txt")
    else:
        os.mkfifo(odd)
        assert stat.S_ISFIFO(odd.stat().st_mode)
    with pytest.raises(BadTable, match="plain files only"):
        parts(folder)
    with pytest.raises(BadTable):
        seal(folder, protocol_sha256="p", signer=signer, now_s=5.0, version="0")
