import gzip
import io
from pathlib import Path

import pytest

from excise.errors import UnknownFormat
from excise.ingest.sources import NoSuchLog, Source, open_source, sources

LINE = b'{"id": "a"}\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "deep").mkdir()
    (tmp_path / "b.jsonl").write_bytes(LINE)
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(LINE * 2, mtime=0))
    (tmp_path / "deep" / "c.log").write_bytes(LINE)
    (tmp_path / ".hidden").write_bytes(LINE)
    return tmp_path


def names(found: list[Source], folder: Path) -> list[str]:
    return [str(Path(one.path).relative_to(folder)) for one in found]


def test_a_folder_gives_its_files_in_order_and_no_hidden_ones(folder: Path) -> None:
    found = sources([folder])
    assert names(found, folder) == ["a.jsonl.gz", "b.jsonl", "deep/c.log"]
    assert all(one.in_folder for one in found)
    assert [one.size for one in found[1:]] == [len(LINE)] * 2


def test_patterns_and_names_give_each_file_once(folder: Path) -> None:
    found = sources(
        [folder / "b.jsonl", folder / "*.jsonl*", folder / "**" / "*.log", folder / "." / "b.jsonl"]
    )
    assert names(found, folder) == ["b.jsonl", "a.jsonl.gz", "deep/c.log"]
    assert not any(one.in_folder for one in found)


@pytest.mark.parametrize("named", ["nowhere.jsonl", "no*where", "b.jsonl/x"])
def test_what_is_not_there_is_named(folder: Path, named: str) -> None:
    with pytest.raises(NoSuchLog, match="there is no such file, folder or pattern"):
        sources([folder / named])


@pytest.mark.parametrize("named", [".", "*"])
def test_a_folder_without_a_file_is_an_error(named: str, tmp_path: Path) -> None:
    (tmp_path / "hollow").mkdir()
    with pytest.raises(NoSuchLog, match="no file is in there"):
        sources([tmp_path / named])


def test_a_file_whose_name_is_a_pattern(tmp_path: Path) -> None:
    (tmp_path / "log[1].jsonl").write_bytes(LINE)
    assert names(sources([tmp_path / "log[1].jsonl"]), tmp_path) == ["log[1].jsonl"]


def test_chunks_of_a_file(folder: Path) -> None:
    (one,) = open_source(folder / "a.jsonl.gz")
    assert one.data == LINE * 2
    assert one.file == str(folder / "a.jsonl.gz")
    assert one.bytes_read == (folder / "a.jsonl.gz").stat().st_size


def test_standard_input() -> None:
    (one,) = open_source("-", stdin=io.BytesIO(gzip.compress(LINE, mtime=0)))
    assert (one.file, one.data) == ("-", LINE)
    with pytest.raises(NoSuchLog, match="no standard input"):
        list(open_source("-"))


def test_a_file_that_goes_away_is_named(folder: Path) -> None:
    (found,) = sources([folder / "b.jsonl"])
    (folder / "b.jsonl").unlink()
    with pytest.raises(NoSuchLog, match=r"b\.jsonl: No such file"):
        list(open_source(found))


def test_an_array_is_read_by_element_even_after_blanks(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(b"\n  \n[" + LINE.strip() + b",\n" + LINE.strip() + b"]")
    (one,) = open_source(path)
    assert [line.strip() for line in one.data.split(b"\n") if line.strip()] == [LINE.strip()] * 2
    assert not one.ends_open


def test_blank_and_empty_files_give_no_line(tmp_path: Path) -> None:
    for data in (b"", b"\n", b"  \r\n\n"):
        (tmp_path / "x").write_bytes(data)
        assert not b"".join(one.data for one in open_source(tmp_path / "x")).strip()


def test_no_name_is_not_the_folder_we_are_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "log.jsonl").write_bytes(b"{}\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NoSuchLog, match="name is empty"):
        sources([""])


def test_what_is_not_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "log.zip").write_bytes(b"PK\x03\x04" + bytes(30))
    with pytest.raises(UnknownFormat, match=r"log\.zip: this is a zip archive"):
        list(open_source(tmp_path / "log.zip"))
