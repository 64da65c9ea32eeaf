from pathlib import Path

import pytest

from excise.errors import StoreDamaged
from excise.service.journal.framing import MAGIC
from excise.service.journal.group import packed
from excise.service.journal.segment import HEAD, file_of, numbers, places, whole_end, writers


def test_a_segment_is_whole_up_to_its_last_whole_group(tmp_path: Path, made) -> None:
    first = packed(made.rows("1"), made.words("1"))
    data = HEAD + first + packed(made.rows("2"), made.words("2"))
    path = file_of(tmp_path, 1)
    for cut in (
        0,
        3,
        len(HEAD),
        len(HEAD) + 5,
        len(HEAD) + len(first) - 1,
        len(HEAD) + len(first),
        len(data) - 1,
    ):
        path.write_bytes(data[:cut])
        expected = (
            0 if cut < len(HEAD) else len(HEAD) + len(first) if cut >= len(HEAD) + len(first) else len(HEAD)
        )
        assert whole_end(path) == expected
    path.write_bytes(data)
    assert whole_end(path) == len(data)
    with path.open("rb") as file:
        assert [place.number for place in places(file)] == [0, 1]


def test_a_segment_of_another_version_says_so(tmp_path: Path) -> None:
    path = file_of(tmp_path, 1)
    path.write_bytes(MAGIC + b"other columns" * 100)
    with path.open("rb") as file, pytest.raises(StoreDamaged, match="another version"):
        list(places(file))


def test_only_segments_and_writers_are_listed(tmp_path: Path) -> None:
    for name in ("writer-00", "writer-01", "other"):
        (tmp_path / name).mkdir()
    file_of(tmp_path / "writer-01", 7).touch()
    (tmp_path / "writer-01" / "0000000009.journal.tmp").touch()
    assert [folder.name for folder in writers(tmp_path)] == ["writer-00", "writer-01"]
    assert numbers(tmp_path / "writer-01") == [7]
    assert numbers(tmp_path / "nowhere") == []
    assert writers(tmp_path / "nowhere") == []
