import gzip
import threading

import pytest

from excise.casework.backup import backup, check, restore
from excise.casework.case import CaseFilter
from excise.casework.refusals import BackupDamaged, NotAsThingsStand, StateUnreachable
from excise.casework.state import State

NOW_S = 1_790_000_000.0


def test_what_was_backed_up_comes_back_on_either_engine(  # noqa: PLR0917 - fixtures
    state, state_at, tmp_path, postgres, found, campaign_of, live
):
    state.standings.receive(found(campaign_of("a", ["x", "y"])), live, now_s=NOW_S)
    case = state.cases.list(CaseFilter()).cases[0].id
    state.cases.comment(case, "look \u2603", by="ann", now_s=NOW_S + 1)
    file = tmp_path / "b.gz"
    count = backup(state, file, now_s=NOW_S + 2)
    assert check(file)[1] == count
    for url in (f"sqlite:///{tmp_path / 'new.db'}", postgres.fresh()):
        new = state_at(url)
        assert restore(new, file, by="ann", now_s=NOW_S + 3) == count
        assert new.cases.get(case) == state.cases.get(case)
        assert new.cases.events(case) == state.cases.events(case)
        assert new.effects.since(0) == state.effects.since(0)
        assert new.standings.get("x") == state.standings.get("x")
        assert new.ledger.verify().faults == ()
        new.cases.comment(case, "on we go", by="ann", now_s=NOW_S + 4)
        assert new.ledger.verify().faults == ()
        with pytest.raises(NotAsThingsStand, match="a state in it already"):
            restore(new, file, by="ann", now_s=NOW_S + 5)


def test_the_copy_of_the_ledger_begins_anew_and_the_one_before_is_kept(state_at, tmp_path):
    old_copy, new_copy, file = tmp_path / "old.jsonl", tmp_path / "new.jsonl", tmp_path / "b.gz"
    old = state_at(tmp_path / "old.db", old_copy)
    old.cases.open("t", ["a"], by="ann", now_s=NOW_S)
    backup(old, file, now_s=NOW_S + 1)
    old.cases.open("lost", ["b"], by="ann", now_s=NOW_S + 2)
    before = old_copy.read_bytes()
    for name, outside in (("empty", new_copy), ("lived", old_copy)):
        new = state_at(tmp_path / f"{name}.db", outside)
        restore(new, file, by="ann", now_s=NOW_S + 3)
        assert new.ledger.verify(outside=outside).faults == ()
        new.cases.open("on we go", ["c"], by="ann", now_s=NOW_S + 4)
        assert new.ledger.verify(outside=outside).faults == ()
    (kept,) = tmp_path.glob("*-before-*")
    assert kept.read_bytes() == before
    assert kept.name in old_copy.read_text()


def test_it_is_of_one_moment_while_others_write(state, state_at, tmp_path):
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set() and number < 3_000:
            case = state.cases.open(f"t{number}", [f"a{number}"], by="ann", now_s=NOW_S)
            state.cases.comment(case.id, "one", by="ann", now_s=NOW_S)
            number += 1

    thread = threading.Thread(target=write)
    thread.start()
    try:
        for number in range(4):
            file = tmp_path / f"b{number}.gz"
            backup(state, file, now_s=NOW_S)
            new = state_at(tmp_path / f"n{number}.db")
            restore(new, file, by="ann", now_s=NOW_S)
            assert new.ledger.verify().faults == ()
    finally:
        stop.set()
        thread.join(60)


@pytest.fixture
def file(lite, tmp_path):
    for number in range(50):
        lite.cases.open(f"title {number}", [f"a{number}"], by="ann", now_s=NOW_S)
    path = tmp_path / "b.gz"
    backup(lite, path, now_s=NOW_S)
    return path


def test_a_damaged_one_is_refused_and_leaves_the_state_empty(file, tmp_path):
    whole = file.read_bytes()
    plain = gzip.decompress(whole)
    damaged = [
        whole[: len(whole) // 2],
        whole[:-1],
        whole + b"x",
        whole[:100] + bytes([whole[100] ^ 1]) + whole[101:],
        gzip.compress(plain.replace(b"title 7", b"title 8")),
        gzip.compress(b"\n".join(plain.split(b"\n")[:-2]) + b"\n"),
        gzip.compress(plain + plain),
        gzip.compress(b'{"kind":"other","revision":"1","made_at_s":0.0}\n'),
        b"",
        b"hello",
        gzip.compress(b""),
    ]
    with State.open(tmp_path / "new.db", secret=bytes(16), now_s=NOW_S) as new:
        for data in damaged:
            file.write_bytes(data)
            with pytest.raises(BackupDamaged):
                restore(new, file, by="ann", now_s=NOW_S)
        assert new.cases.list(CaseFilter(status=())).cases == ()
        file.write_bytes(whole)
        assert restore(new, file, by="ann", now_s=NOW_S) > 50
    with pytest.raises(BackupDamaged, match="no such file"):
        check(tmp_path / "absent")


def test_of_another_revision(file, tmp_path, state_at):
    plain = gzip.decompress(file.read_bytes())
    head, rest = plain.split(b"\n", 1)
    import hashlib

    body = head.replace(b'"0001"', b'"9999"')
    lines = rest.rstrip(b"\n").split(b"\n")
    digest = hashlib.sha256(body + b"".join(lines[:-1])).hexdigest().encode()
    old = lines[-1][lines[-1].index(b'"sha256":"') + 10 :][:64]
    lines[-1] = lines[-1].replace(old, digest)
    file.write_bytes(gzip.compress(body + b"\n" + b"\n".join(lines) + b"\n"))
    with pytest.raises(BackupDamaged, match="of revision 9999"):
        restore(state_at(tmp_path / "n.db"), file, by="ann", now_s=NOW_S)


def test_it_is_there_whole_or_not_at_all(lite, tmp_path):
    file = tmp_path / "b.gz"
    with lite.database.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE views")
    with pytest.raises(StateUnreachable, match="no such table"):
        backup(lite, file, now_s=NOW_S)
    assert not file.exists()
    assert not list(tmp_path.glob("*.tmp"))
