import threading
from pathlib import Path

from excise.casework.decision import Draft, Kind, Scope
from excise.casework.notify.delivery import Delivered, deliver
from excise.casework.policy import parse
from excise.casework.state import State

NOW_S = 1_790_000_000.0


def policy_of(url: str, more: str = ""):
    return parse(f'[notify.team]\nkind = "webhook"\nurl = "{url}"\n{more}', place="t")


def block(state: State, policy, account: str, now_s: float = NOW_S):
    draft = Draft(
        kind=Kind.BLOCK,
        scope=Scope.ACCOUNT,
        subject=account,
        reason="r",
        reason_code="c",
        hours=1.0,
        act=True,
    )
    return state.decisions.propose(draft, policy=policy, by="ann", now_s=now_s)


def open_state(tmp_path: Path) -> State:
    return State.open(tmp_path / "s.db", secret=bytes(16), now_s=NOW_S)


def test_what_happened_is_told_once(web, tmp_path):
    policy = policy_of(web.url)
    with open_state(tmp_path) as state:
        block(state, policy, "x")
        assert deliver(state, policy, now_s=NOW_S) == Delivered(1, 0)
        assert deliver(state, policy, now_s=NOW_S + 9_999) == Delivered(0, 0)
    assert len(web.requests) == 1
    assert web.requests[0][1]["X-Excise-Event"] == "decision_active"


def test_it_is_tried_again_twice_as_long_each_time(web, tmp_path):
    policy = policy_of(web.url)
    web.status = 503
    with open_state(tmp_path) as state:
        block(state, policy, "x")
        assert deliver(state, policy, now_s=NOW_S) == Delivered(0, 1)
        assert deliver(state, policy, now_s=NOW_S + 9.9) == Delivered(0, 0)
        assert deliver(state, policy, now_s=NOW_S + 10) == Delivered(0, 1)
        (one,) = state.outbox.list()
        assert (one.tries, one.error, one.due_at_s) == (2, "it answered 503", NOW_S + 30)
        web.status = 200
        assert deliver(state, policy, now_s=NOW_S + 30) == Delivered(1, 0)
        (one,) = state.outbox.list()
        assert (one.sent_at_s, one.due_at_s, one.error) == (NOW_S + 30, None, None)


def test_it_is_given_up_in_the_end_and_says_so(tmp_path):
    policy = policy_of("http://127.0.0.1:1/")
    with open_state(tmp_path) as state:
        block(state, policy, "x")
        now_s, tries = NOW_S, 0
        while state.outbox.list()[0].due_at_s is not None:
            tries += deliver(state, policy, now_s=now_s).failed
            now_s += 3_600.0
            assert tries < 30
        assert tries == 24
        assert state.outbox.list()[0].error


def test_a_channel_that_is_gone_or_hears_of_other_events(web, tmp_path):
    with open_state(tmp_path) as state:
        block(state, policy_of(web.url, 'events = ["appeal"]'), "x")
        assert state.outbox.list() == ()
        block(state, policy_of(web.url), "y")
        assert deliver(state, parse("", place="t"), now_s=NOW_S) == Delivered(0, 1)
        assert "no channel 'team'" in str(state.outbox.list()[0].error)


def test_several_that_deliver_send_each_notice_once(web, state):
    policy = policy_of(web.url)
    for number in range(30):
        block(state, policy, f"a{number}", NOW_S + number)
    done: list[Delivered] = []

    def work() -> None:
        done.extend(deliver(state, policy, now_s=NOW_S + 60) for _ in range(20))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    sent = [headers["X-Excise-Id"] for _, headers, _ in web.requests]
    assert len(sent) == len(set(sent)) == 30
    assert sum(one.sent for one in done) == 30
