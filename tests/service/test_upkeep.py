"""What is done regularly: done, done again, and counted where it fails."""

import http.server
import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from excise.casework.decision import Draft, Kind, Scope
from excise.casework.state import State
from excise.observation.secret import Keyring
from excise.observation.signing import Signer
from excise.report.progress import now_s
from excise.service.folder import Folder
from excise.service.upkeep import FORGET_EVERY_S, Chore, Notices, Upkeep, chores

YEAR_S = 365 * 86_400.0


class Receiver:
    """A server that notices are sent to."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, object]] = []
        self.status = 200
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                outer.bodies.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
                self.send_response(outer.status)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder(tmp_path / "data")
    made.begin(now_s=now_s(), passphrase="a passphrase of a test")
    return made


@pytest.fixture
def state(folder: Folder) -> Iterator[State]:
    secret = Keyring.open(folder.secret, now_s=now_s()).derive("state")
    with State.open(folder.database, secret=secret, now_s=now_s(), outside=folder.ledger) as opened:
        yield opened


def told(folder: Folder, url: str) -> None:
    with folder.policy.open("a") as out:
        out.write(f'\n[notify.team]\nkind = "webhook"\nurl = "{url}"\n')


def block(state: State, folder: Folder, account: str, *, moment_s: float) -> str:
    draft = Draft(
        kind=Kind.BLOCK,
        scope=Scope.ACCOUNT,
        subject=account,
        reason="r",
        reason_code="c",
        hours=1.0,
        act=True,
    )
    return state.decisions.propose(draft, policy=folder.read_policy(), by="ann", now_s=moment_s).id


def eventually(what: Callable[[], object], within_s: float = 240.0) -> None:
    until = time.monotonic() + within_s
    while not what():
        assert time.monotonic() < until, "it does not come to that"
        time.sleep(0.02)


def test_what_fails_is_counted_and_done_again(caplog: pytest.LogCaptureFixture) -> None:
    tries: list[int] = []

    def fails_twice() -> None:
        tries.append(1)
        if len(tries) < 3:
            raise OSError("a planted secret")

    upkeep = Upkeep([Chore("x", 0.01, fails_twice), Chore("y", 99.0, list)], clock=time.monotonic)
    upkeep.start()
    eventually(lambda: upkeep.kept["x"].done)
    upkeep.stop(within_s=240)
    assert upkeep.failed() == {"x": 2, "y": 0}
    assert set(upkeep.ages_s()) == {"x", "y"}
    assert [record.getMessage() for record in caplog.records] == ["x failed"], "once, not at each try"
    done = len(tries)
    time.sleep(0.1)
    assert len(tries) == done, "it ends"


def test_one_that_hangs_holds_up_neither_the_others_nor_the_end() -> None:
    release = threading.Event()
    upkeep = Upkeep([Chore("x", 0.01, release.wait), Chore("y", 0.01, list)], clock=time.monotonic)
    upkeep.start()
    eventually(lambda: upkeep.kept["y"].done > 2)
    began = time.monotonic()
    upkeep.stop(within_s=0.2)
    assert time.monotonic() - began < 5
    assert upkeep.kept["x"].done == 0
    release.set()


def test_notices_leave_the_outbox_by_the_policy_as_it_stands(
    state: State, folder: Folder, receiver: Receiver
) -> None:
    notices = Notices(state, folder, folder.read_policy(), clock=now_s)
    told(folder, receiver.url)  # after the service had read the policy
    block(state, folder, "acct_1", moment_s=now_s())
    notices()
    assert [body["event"] for body in receiver.bodies] == ["decision_active"]
    assert notices.fates() == {"sent": 1, "failed": 0}
    policy = folder.read_policy()
    folder.policy.write_text("[rules")  # somebody is writing it: the one before holds
    draft = Draft(
        kind=Kind.BLOCK,
        scope=Scope.ACCOUNT,
        subject="acct_2",
        reason="r",
        reason_code="c",
        hours=1.0,
        act=True,
    )
    state.decisions.propose(draft, policy=policy, by="ann", now_s=now_s())
    notices()
    assert notices.fates() == {"sent": 2, "failed": 0}


def test_a_notice_that_does_not_arrive_is_counted(state: State, folder: Folder, receiver: Receiver) -> None:
    told(folder, receiver.url)
    receiver.status = 503
    notices = Notices(state, folder, folder.read_policy(), clock=now_s)
    block(state, folder, "acct_1", moment_s=now_s())
    notices()
    assert notices.fates() == {"sent": 0, "failed": 1}
    (one,) = state.outbox.list()
    assert one.error == "it answered 503"


def test_the_ledger_is_signed_and_what_was_lifted_long_ago_goes(state: State, folder: Folder) -> None:
    at = [now_s()]
    decision = block(state, folder, "acct_1", moment_s=at[0])
    state.decisions.undo(decision, because="a test", policy=folder.read_policy(), by="ann", now_s=at[0] + 1)
    notices = Notices(state, folder, folder.read_policy(), clock=lambda: at[0])
    todo = {one.name: one for one in chores(state, folder, notices, clock=lambda: at[0])}
    todo["checkpoint"].do()
    todo["checkpoint"].do()
    lines = folder.checkpoints.read_text().splitlines()
    assert len(lines) == 1, "what is signed is not signed again"
    key = Signer.open(folder.signing).public_key
    found = state.ledger.verify(
        outside=folder.ledger, checkpoints=folder.checkpoints, public_keys=frozenset({key})
    )
    assert not found.faults
    assert found.checkpoints == 1
    sequence = state.effects.sequence()
    assert not state.effects.since(sequence - 1).whole
    at[0] += YEAR_S
    forgetting = todo["forgetting of what was lifted"]
    assert forgetting.every_s == FORGET_EVERY_S
    forgetting.do()
    assert state.effects.since(1).whole, "who asks from before it is told all"


def test_a_service_that_runs_sends_and_signs(served, receiver: Receiver) -> None:
    service = served()
    told(Folder(service.folder), receiver.url)
    secret = Keyring.open(service.folder / "secret.toml", now_s=now_s()).derive("state")
    folder = Folder(service.folder)
    with State.open(folder.database, secret=secret, now_s=now_s(), outside=folder.ledger) as state:
        block(state, folder, "acct_1", moment_s=now_s())
    eventually(lambda: receiver.bodies)
    eventually(lambda: service.metric('excise_notices_total{fate="sent"}') == 1)
    assert service.metric('excise_upkeep_failed_total{chore="checkpoint"}') == 0
    eventually(folder.checkpoints.exists)
    assert service.end() == 0
