from pathlib import Path

from excise.service.journal.reader import Journal
from excise.service.journal.segment import file_of


def test_it_takes_in_portions_and_goes_on(tmp_path: Path, writer, made) -> None:
    for n in range(5):
        writer.append(made.rows(str(n), at_s=float(n)), made.words(str(n)))
        if n == 2:
            writer.roll()
    journal = Journal(tmp_path / "journal")
    first = journal.take(most_records=2)
    assert (first.records, first.oldest_at_s) == (2, 0.0)
    rest = [journal.take(most_records=2).records for _ in range(3)]
    assert rest == [2, 1, 0]
    assert Journal(tmp_path / "journal").take().records == 5
    journal.done(first.position)
    assert Journal(tmp_path / "journal").take().records == 3


def test_done_never_goes_back(tmp_path: Path, writer, made) -> None:
    journal = Journal(tmp_path / "journal")
    writer.append(made.rows("1"), None)
    first = journal.take()
    writer.append(made.rows("2"), None)
    journal.done(journal.take().position)
    journal.done(first.position)
    assert Journal(tmp_path / "journal").take().records == 0


def test_waiting_is_what_is_not_done(tmp_path: Path, writer, made) -> None:
    journal = Journal(tmp_path / "journal")
    assert journal.waiting().size_bytes == 0
    writer.append(made.rows("1", at_s=5.0), None)
    writer.append(made.rows("2", at_s=6.0), None)
    before = journal.waiting()
    assert before.oldest_at_s == 5.0
    journal.done(journal.take(most_records=1).position)
    after = journal.waiting()
    assert after.oldest_at_s == 6.0
    assert 0 < after.size_bytes < before.size_bytes
    journal.done(journal.take().position)
    assert journal.waiting().oldest_at_s is None


def test_damage_is_said_and_passed_over(tmp_path: Path, writer, made) -> None:
    for n in range(3):
        writer.append(made.rows(str(n)), None)
    path = file_of(writer.folder, 1)
    data = bytearray(path.read_bytes())
    data[data.index(made.record("1"))] ^= 1
    path.write_bytes(data)
    taken = Journal(tmp_path / "journal").take()
    assert [damage.file for damage in taken.damaged] == [str(path)]
    assert taken.damaged[0].size_bytes > 0
    assert [batch.rows.column("record").to_pylist() for batch in taken.batches] == [
        [made.record("0")],
        [made.record("2")],
    ]
