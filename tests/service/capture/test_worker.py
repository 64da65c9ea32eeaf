import socket
import threading
import time

import pytest

from excise.service.capture import worker
from excise.service.capture.delivery import Beat, Delivery, Incoming, Reply, Wire, answer_of, message
from excise.service.capture.work import Plan


def test_a_clock_that_is_set_back_does_not_take_this_one_along(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = worker.steady_clock()
    before = clock()
    monkeypatch.setattr(time, "time", lambda: before - 1e8)
    assert abs(clock() - before) < 60


def test_it_answers_what_it_read_and_ends_when_the_other_side_does(
    plan: Plan, sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    # In a thread here: signals and the collector belong to the process that it is elsewhere.
    monkeypatch.setattr(worker.signal, "signal", lambda *_: None)
    monkeypatch.setattr(worker, "set_up", lambda *_: None)
    monkeypatch.setattr(worker.gc, "freeze", lambda: None)
    monkeypatch.setattr(worker.gc, "set_threshold", lambda *_: None)
    ours, theirs = socket.socketpair()
    thread = threading.Thread(target=worker.run, args=(theirs, plan))
    thread.start()
    for n in range(3):
        ours.sendall(message(Delivery(n, Wire.RECORDS, "litellm", "litellm", "", sent(n))))
    ours.shutdown(socket.SHUT_WR)
    incoming = Incoming()
    answers: list[Reply | Beat] = []
    while data := ours.recv(2**16):
        answers += [answer_of(one) for one in incoming.feed(data)]
    ours.close()
    thread.join(10)
    assert not thread.is_alive()
    assert [one.number for one in answers if isinstance(one, Reply)] == [0, 1, 2]
    assert any(isinstance(one, Beat) and one.writable for one in answers)
