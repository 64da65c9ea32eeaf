"""Files are there whole or not at all."""

from pathlib import Path

import pytest

from excise.store import durable


def test_a_file_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "file"
    durable.replace(path, b"old and long")
    durable.replace(path, b"new")
    assert path.read_bytes() == b"new"
    assert [p.name for p in path.parent.iterdir()] == ["file"]


def test_what_cannot_be_finished_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    durable.replace(path, b"old")
    (tmp_path / ("file" + durable.UNFINISHED)).mkdir()
    with pytest.raises(IsADirectoryError):
        durable.replace(path, b"new")
    assert path.read_bytes() == b"old"


def test_lines_are_added(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    durable.add_line(path, b"one")
    durable.add_line(path, b"two")
    assert path.read_bytes() == b"one\ntwo\n"


@pytest.mark.parametrize("torn", [b"hal", b"one\nhal"])
def test_a_torn_line_is_cut_off(tmp_path: Path, torn: bytes) -> None:
    path = tmp_path / "lines"
    path.write_bytes(torn)
    durable.add_line(path, b"two")
    assert path.read_bytes() == torn[: torn.rfind(b"\n") + 1] + b"two\n"
