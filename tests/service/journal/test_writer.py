import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from excise.service.journal.done import Done, keep
from excise.service.journal.reader import Journal
from excise.service.journal.segment import file_of, numbers
from excise.service.journal.writer import JournalFull, JournalSettings, JournalWriter


def records(journal: Journal) -> list[bytes]:
    taken = journal.take()
    return [record for batch in taken.batches for record in batch.rows.column("record").to_pylist()]


def test_what_was_appended_is_read_at_once_and_by_a_new_reader(tmp_path: Path, writer, made) -> None:
    journal = Journal(tmp_path / "journal")
    writer.append(made.rows("1", "2"), made.words("1", "2"))
    assert records(journal) == [made.record("1"), made.record("2")]
    writer.append(made.rows("3"), None)
    assert records(journal) == [made.record("3")]
    assert len(records(Journal(tmp_path / "journal"))) == 3


def test_a_torn_end_is_cut_and_nothing_else(tmp_path: Path, forgotten, made) -> None:
    settings = JournalSettings(free_bytes=0)
    with JournalWriter(tmp_path / "journal", forgotten, settings) as writer:
        writer.append(made.rows("1"), made.words("1"))
        writer.append(made.rows("2"), made.words("2"))
        folder = writer.folder
    whole = file_of(folder, 1).read_bytes()
    for cut in (1, 10, 300):
        file_of(folder, 1).write_bytes(whole[:-cut])
        with JournalWriter(tmp_path / "journal", forgotten, settings) as writer:
            assert writer.cut_bytes > 0
            writer.append(made.rows("3"), None)
        assert records(Journal(tmp_path / "journal")) == [made.record("1"), made.record("3")]
        for number in numbers(folder)[1:]:
            file_of(folder, number).unlink()


def test_two_writers_have_a_folder_each(tmp_path: Path, forgotten, writer, made) -> None:
    with JournalWriter(tmp_path / "journal", forgotten, JournalSettings(free_bytes=0)) as second:
        assert second.folder != writer.folder
        second.append(made.rows("2"), None)
        writer.append(made.rows("1"), None)
    assert sorted(records(Journal(tmp_path / "journal"))) == sorted([made.record("1"), made.record("2")])


def test_segments_are_closed_by_size_and_by_age(tmp_path: Path, forgotten, made) -> None:
    settings = JournalSettings(free_bytes=0, segment_s=100.0)
    with JournalWriter(tmp_path / "journal", forgotten, settings) as writer:
        writer.append(made.rows("1", at_s=0.0), None)
        writer.append(made.rows("2", at_s=99.0), None)
        writer.append(made.rows("3", at_s=100.0), None)
        assert numbers(writer.folder) == [1, 2]
    small = replace(settings, segment_bytes=1)
    with JournalWriter(tmp_path / "journal", forgotten, small) as writer:
        writer.append(made.rows("4"), None)
        writer.append(made.rows("5"), None)
        assert numbers(writer.folder) == [1, 2, 3, 4]
    assert len(records(Journal(tmp_path / "journal"))) == 5


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[OSError]]:
    """While it holds errors, the next sync fails with the first of them, after the bytes were written."""
    errors: list[OSError] = []
    real = os.fdatasync

    def sync(file: int) -> None:
        if errors:
            raise errors.pop(0)
        real(file)

    monkeypatch.setattr(os, "fdatasync", sync)
    return errors


def test_a_group_that_did_not_reach_the_disk_is_taken_back_and_its_place_is_not_used_again(
    tmp_path: Path, writer, made, failing: list[OSError]
) -> None:
    journal = Journal(tmp_path / "journal")
    writer.append(made.rows("1"), None)
    failing += [OSError(28, "No space left on device")]
    with pytest.raises(JournalFull, match="No space left"):
        writer.append(made.rows("2"), None)
    writer.append(made.rows("3"), None)
    assert records(journal) == [made.record("1"), made.record("3")]
    assert numbers(writer.folder) == [1, 2]


def test_with_too_little_space_nothing_is_begun(tmp_path: Path, forgotten, made) -> None:
    with JournalWriter(tmp_path / "journal", forgotten, JournalSettings(free_bytes=2**60)) as writer:
        for _ in range(3):
            with pytest.raises(JournalFull, match="too little space"):
                writer.append(made.rows("1"), None)
        assert numbers(writer.folder) == []


def test_a_number_that_the_reader_has_passed_is_not_used_again(tmp_path: Path, forgotten, made) -> None:
    settings = JournalSettings(free_bytes=0)
    with JournalWriter(tmp_path / "journal", forgotten, settings) as writer:
        writer.append(made.rows("1"), None)
        folder = writer.folder
    keep(folder, Done(1, 1))
    file_of(folder, 1).unlink()
    with JournalWriter(tmp_path / "journal", forgotten, settings) as writer:
        writer.append(made.rows("2"), None)
    assert records(Journal(tmp_path / "journal")) == [made.record("2")]
