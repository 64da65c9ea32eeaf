from pathlib import Path

from excise.observation.secret import Keyring
from excise.service.journal.feed import Feed, forget
from excise.service.journal.reader import Journal
from excise.store.store import Store


def test_portions_come_in_order_and_are_done_once_said(tmp_path: Path, writer, made) -> None:
    for n in range(4):
        writer.append(made.rows(str(n)), made.words(str(n)))
    feed = Feed(Journal(tmp_path / "journal"), most_records=2)
    first, second = feed.take(), feed.take()
    assert first is not None
    assert second is not None
    assert [rows.column("record").to_pylist() for _, rows in (*first.batches, *second.batches)] == [
        [made.record(str(n))] for n in range(4)
    ]
    assert feed.take() is None
    feed.done(first.position)
    assert Journal(tmp_path / "journal").take().records == 2
    feed.done(second.position)
    assert Journal(tmp_path / "journal").take().records == 0


def test_the_store_forgets_whom_somebody_wished_forgotten(tmp_path: Path, forgotten, made) -> None:
    keyring = Keyring.in_memory(bytes(32))
    with Store.open(tmp_path / "store", keyring) as store:
        store.append(made.rows("1", at_s=10.0).batches[0].rows())
        store.append(made.rows("2", account="bob", at_s=10.0).batches[0].rows())
        assert not forget(forgotten, store)
        forgotten.add(["ann"], now_s=20.0)
        assert forget(forgotten, store)
        assert not forget(forgotten, store)
        assert store.run(store.tables.observations).column("account").to_pylist() == ["bob"]
