from pathlib import Path

import pytest

from excise.errors import StoreDamaged
from excise.service.journal.forgotten import Forgotten


def test_wishes_wait_until_they_are_fulfilled(tmp_path: Path) -> None:
    one = Forgotten(tmp_path, bytes(32))
    assert (one.version(), one.wishes()) == (0, ())
    one.add(["bob", "ann"], now_s=10.0)
    other = Forgotten(tmp_path, bytes(32))
    wishes = other.wishes()
    assert [wish.accounts for wish in wishes] == [("ann", "bob")]
    one.add(["cy"], now_s=11.0)
    other.fulfilled(wishes)
    assert [wish.accounts for wish in one.wishes()] == [("cy",)]
    assert one.retention().until_us("ann") == 10_000_000
    assert one.retention().until_us("dan") is None
    assert b"ann" not in (tmp_path / "forgotten.json").read_bytes()


def test_a_damaged_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "forgotten.json").write_bytes(b"[")
    with pytest.raises(StoreDamaged, match="forgotten"):
        Forgotten(tmp_path, bytes(32)).wishes()
