import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from excise.casework.case import CaseFilter
from excise.casework.decision import DecisionFilter, Draft, Kind, Scope, Status
from excise.casework.refusals import NotAsThingsStand, StateUnreachable
from excise.casework.state import State
from excise.casework.state.database import Database, slices
from excise.casework.state.tables import VIEWS
from excise.errors import BadSetting

NOW_S = 1_790_000_000.0
SECRET = bytes(range(32))


def block(account, **fields):
    return Draft(
        kind=Kind.BLOCK,
        scope=Scope.ACCOUNT,
        subject=account,
        reason="r",
        reason_code="c",
        hours=2.0,
        act=True,
        **fields,
    )


def test_two_replicas_that_write_at_once_lose_nothing_and_apply_nothing_twice(url, state_at, quiet):
    """Each of two states, with threads of its own: comments, decisions with the same keys, approvals."""
    replicas = [state_at(url), state_at(url)]
    case = replicas[0].cases.open("One", ["x"], by="ann", now_s=NOW_S).id
    proposals = [
        replicas[0]
        .decisions.propose(
            Draft(
                kind=Kind.BLOCK,
                scope=Scope.ACCOUNT,
                subject=f"p{number}",
                reason="r",
                reason_code="c",
                hours=2.0,
            ),
            policy=quiet,
            by="ann",
            now_s=NOW_S,
        )
        .id
        for number in range(8)
    ]

    def work(number):
        state, approved = replicas[number % 2], 0
        for at in range(10):
            state.cases.comment(case, f"{number}-{at}", by=f"p{number}", now_s=NOW_S)
            state.decisions.propose(block(f"k{at}", key=f"k{at}"), policy=quiet, by=f"p{at}", now_s=NOW_S)
        for proposal in proposals:
            try:
                state.decisions.approve(proposal, policy=quiet, by="bob", now_s=NOW_S)
                approved += 1
            except NotAsThingsStand:
                pass
        return approved

    with ThreadPoolExecutor(4) as pool:
        approved = sum(pool.map(work, range(4)))
    assert approved == len(proposals), "each was approved by exactly one"
    said = [event.text for event in replicas[0].cases.events(case) if event.happening == "commented"]
    assert sorted(said) == sorted(f"{number}-{at}" for number in range(4) for at in range(10))
    made = replicas[1].decisions.list(DecisionFilter(), most=100).decisions
    assert len(made) == 8 + 10
    whole = replicas[1].effects.since(0)
    assert {effect.subject for effect in whole.effects} == {f"p{n}" for n in range(8)} | {
        f"k{n}" for n in range(10)
    }
    assert replicas[0].ledger.verify().faults == ()


def test_a_reader_that_saw_a_number_has_seen_all_before_it(url, state_at, quiet):
    """Deltas asked for while others write add up to the whole."""
    writers, reader = [state_at(url), state_at(url)], state_at(url)

    def write(number):
        for at in range(25):
            state = writers[number]
            name = f"{number}-{at % 7}"
            made = state.decisions.propose(block(name), policy=quiet, by=name, now_s=NOW_S)
            if at % 3 == 0:
                state.decisions.undo(made.id, because="b", policy=quiet, by="bob", now_s=NOW_S)

    table, sequence = {}, 0
    threads = [threading.Thread(target=write, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    while True:
        running = any(thread.is_alive() for thread in threads)
        changes = reader.effects.since(sequence, most=5)
        table = {} if changes.whole else table
        table.update({(one.subject, one.simulated): one for one in changes.effects})
        for gone in changes.lifted:
            table.pop((gone.subject, gone.simulated), None)
        sequence = changes.sequence
        if not running and not changes.more and not changes.effects and not changes.lifted:
            break
    assert table == {(one.subject, one.simulated): one for one in reader.effects.since(0).effects}


def test_what_fails_leaves_nothing_behind(state):
    def fail() -> None:
        with state.database.writing(by="ann", now_s=NOW_S) as writing:
            writing.put(VIEWS, [{"person": "ann", "name": "n", "query": "q"}])
            writing.note("v", "t")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert state.views.of("ann") == ()
    assert state.ledger.list().entries[0].verb == "migrated"


def test_a_server_killed_in_the_middle_loses_nothing_that_was_acknowledged(postgres, state_at, quiet):
    """Twenty times: PostgreSQL is stopped at once while two write, and started again; the writers go on."""
    url = postgres.fresh()
    state = state_at(url)
    done, stop = [], threading.Event()

    def write(number):
        at = 0
        while not stop.is_set():
            key = f"{number}-{at}"
            try:
                state.decisions.propose(block(key, key=key), policy=quiet, by=key, now_s=NOW_S)
            except StateUnreachable:
                time.sleep(0.01)
                continue  # who is unsure asks again, under the same key
            done.append(key)
            at += 1

    threads = [threading.Thread(target=write, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(20):
            before = len(done)
            deadline = time.monotonic() + 20
            while len(done) < before + 4 and time.monotonic() < deadline:
                time.sleep(0.005)
            postgres.stop("immediate")
            postgres.start()
    finally:
        stop.set()
        for thread in threads:
            thread.join(30)
    assert len(done) >= 80
    found, after = [], None
    while True:
        page = state.decisions.list(DecisionFilter(status=(Status.ACTIVE,)), after=after, most=500)
        found += [one.subject for one in page.decisions]
        after = page.after
        if after is None:
            break
    assert len(found) == len(set(found))
    assert set(done) <= set(found)
    assert {effect.subject for effect in state.effects.since(0).effects} == set(found)
    assert state.ledger.verify().faults == ()


def test_a_full_disk_is_told_and_leaves_the_state_whole(tmp_path, quiet):
    with State.open(tmp_path / "s.db", secret=SECRET, now_s=NOW_S) as state:

        @sa.event.listens_for(state.database.engine, "begin")
        def small(connection: sa.Connection) -> None:
            connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

        pages = 1_000_000
        with state.database.reading() as reading:
            pages = reading.value(sa.text("PRAGMA page_count")) + 12
        made = 0

        def fill() -> None:
            nonlocal made
            for number in range(500):
                state.decisions.propose(block(f"a{number}"), policy=quiet, by=f"a{number}", now_s=NOW_S)
                made += 1

        with pytest.raises(StateUnreachable, match="full"):
            fill()
        pages = 1_000_000
        assert made > 0
        assert len(state.effects.since(0).effects) == made
        assert state.ledger.verify().faults == ()
        state.decisions.propose(block("after"), policy=quiet, by="ann", now_s=NOW_S)


def test_the_secret_of_the_address_is_not_told():
    database = Database("postgresql://excise:hunter2@127.0.0.1:1/none", secret=SECRET)
    with pytest.raises(StateUnreachable) as told, database.reading():
        pass
    assert "hunter2" not in str(told.value)
    database.close()


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("mysql://x/y", "sqlite or postgresql"),
        ("sqlite://", "name a file"),
        ("sqlite:///:memory:", "name a file"),
        ("://", "no address of a database"),
    ],
)
def test_what_cannot_hold_a_state(url, why):
    with pytest.raises((BadSetting), match=why):
        Database(url, secret=SECRET)


def test_a_path_is_a_file(tmp_path):
    with State.open(str(tmp_path / "a b.db"), secret=SECRET, now_s=NOW_S) as state:
        assert state.cases.list(CaseFilter()).cases == ()
    assert (tmp_path / "a b.db").exists()


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(StateUnreachable, match="unable to open"):
        State.open(tmp_path / "none" / "x.db", secret=SECRET, now_s=NOW_S)


def test_lists_are_cut():
    assert list(slices([])) == []
