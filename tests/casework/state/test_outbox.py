import pytest

from excise.casework.policy import parse
from excise.casework.state.outbox import CLAIMED_S, Message, post

NOW_S = 1_790_000_000.0
POLICY = parse(
    "[notify.a]\nkind='slack'\nurl='https://h.example/'\nevents=['appeal']\n"
    "[notify.b]\nkind='webhook'\nurl='https://h.example/'",
    place="t",
)


def put(state, event="case_opened", now_s=NOW_S):
    with state.database.writing(by="ann", now_s=now_s) as writing:
        post(writing, POLICY, Message(event=event, title="t", text="x", at_s=now_s))


def test_each_channel_that_hears_of_it_gets_one(state):
    put(state)
    put(state, "appeal")
    assert sorted((one.channel, one.event) for one in state.outbox.list()) == [
        ("a", "appeal"),
        ("b", "appeal"),
        ("b", "case_opened"),
    ]


def test_a_claim_ends_by_itself(state):
    put(state)
    (one,) = state.outbox.claim(now_s=NOW_S)
    assert state.outbox.claim(now_s=NOW_S + CLAIMED_S - 1) == ()
    assert [again.id for again in state.outbox.claim(now_s=NOW_S + CLAIMED_S)] == [one.id]
    state.outbox.sent(one.id, now_s=NOW_S + CLAIMED_S)
    state.outbox.failed(one.id, "late", now_s=NOW_S + CLAIMED_S + 1)
    assert state.outbox.claim(now_s=NOW_S + 9_999) == ()
    assert state.outbox.list()[0].sent_at_s == NOW_S + CLAIMED_S


def test_what_fails_takes_its_message_along(state):
    def fail():
        with state.database.writing(by="ann", now_s=NOW_S) as writing:
            post(writing, POLICY, Message(event="appeal", title="t", text="x", at_s=NOW_S))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert state.outbox.list() == ()
