"""The manifest is the single truth."""

from pathlib import Path

import msgspec
import pytest

from excise.errors import StoreDamaged
from excise.store.manifest import Manifest, Segment, manifest_file

SEGMENT = Segment("9a96c06a", "2025-10-06", 3, rows=5, size_bytes=7, digest="ab")


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    assert Manifest.load(tmp_path) is None
    manifest = Manifest(
        keyring="ring", segments=(SEGMENT,), next_number=4, floor_at_us=8, forgotten={"ab": 9}
    )
    saved = manifest.save(tmp_path)
    assert Manifest.load(tmp_path) == saved
    assert saved.generation == manifest.generation + 1
    assert saved.keys == ("9a96c06a",)
    assert msgspec.structs.replace(saved, generation=0) == manifest


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b'{"keyring": 3}', b'{"keyring": "x", "segments": [{}]}', b"\xff"]
)
def test_a_damaged_manifest_is_named(tmp_path: Path, data: bytes) -> None:
    manifest_file(tmp_path).write_bytes(data)
    with pytest.raises(StoreDamaged, match=f"{manifest_file(tmp_path)}: .*back-up"):
        Manifest.load(tmp_path)


@pytest.mark.parametrize("change", [{"version": 2}, {"columns": "record string"}])
def test_a_store_of_another_version_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    saved = msgspec.structs.replace(Manifest(keyring="ring"), **change)
    saved.save(tmp_path)
    with pytest.raises(StoreDamaged, match="another version"):
        Manifest.load(tmp_path)
