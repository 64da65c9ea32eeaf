from pathlib import Path

from excise.service.journal.reader import Journal
from excise.service.journal.segment import file_of, numbers
from excise.service.journal.spool import originals

DAY_S = 86_400.0


def lines(tmp_path: Path, forgotten, *accounts: str) -> list[bytes]:
    found = originals(tmp_path / "journal", forgotten, accounts, opener=bytes)
    return [original.line for original in found]


def test_words_leave_with_their_time_and_rows_when_they_are_done(
    tmp_path: Path, writer, forgotten, made
) -> None:
    writer.append(made.rows("1", at_s=0.0), made.words("1", at_s=0.0))
    writer.append(made.rows("2", at_s=6 * DAY_S), made.words("2", at_s=6 * DAY_S))
    writer.sweep(now_s=6.5 * DAY_S)
    assert lines(tmp_path, forgotten, "ann") == [b"a secret word of 1", b"a secret word of 2"]
    assert writer.sweep(now_s=7.5 * DAY_S) > 0
    assert lines(tmp_path, forgotten, "ann") == [b"a secret word of 2"]
    journal = Journal(tmp_path / "journal")
    taken = journal.take()
    assert taken.records == 2
    writer.append(made.rows("3", at_s=8 * DAY_S), None)
    journal.done(taken.position)
    journal.done(journal.take().position)
    writer.sweep(now_s=20 * DAY_S)
    assert lines(tmp_path, forgotten, "ann") == []
    assert numbers(writer.folder) == [3]


def test_a_forgotten_account_leaves_words_and_rows(tmp_path: Path, writer, forgotten, made) -> None:
    writer.append(made.rows("1", at_s=10.0), made.words("1", at_s=10.0))
    writer.append(made.rows("2", account="bob", at_s=10.0), made.words("2", account="bob", at_s=10.0))
    forgotten.add(["ann"], now_s=20.0)
    writer.sweep(now_s=21.0)
    data = file_of(writer.folder, 1).read_bytes()
    assert b"ann" not in data
    assert b"bob" in data
    writer.append(made.rows("3", at_s=30.0), made.words("3", at_s=30.0))
    assert lines(tmp_path, forgotten, "ann", "bob") == [b"a secret word of 2", b"a secret word of 3"]
    taken = Journal(tmp_path / "journal").take()
    assert [batch.rows.column("account").to_pylist() for batch in taken.batches] == [[], ["bob"], ["ann"]]


def test_a_reader_in_the_middle_goes_on_where_it_was(tmp_path: Path, writer, forgotten, made) -> None:
    journal = Journal(tmp_path / "journal")
    writer.append(made.rows("1", at_s=10.0), made.words("1", at_s=10.0))
    assert journal.take().records == 1
    writer.append(made.rows("2", account="bob", at_s=10.0), None)
    forgotten.add(["ann"], now_s=20.0)
    writer.sweep(now_s=21.0)
    taken = journal.take()
    assert [batch.rows.column("record").to_pylist() for batch in taken.batches] == [[made.record("2")]]


def test_it_cleans_once(writer, forgotten, made) -> None:
    writer.append(made.rows("1", at_s=10.0), made.words("1", at_s=10.0))
    forgotten.add(["ann"], now_s=20.0)
    assert writer.sweep(now_s=21.0) > 0
    assert writer.sweep(now_s=22.0) == 0
