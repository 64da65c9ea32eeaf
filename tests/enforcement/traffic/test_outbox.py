import threading

import pytest

from excise.enforcement.caller import Caller
from excise.enforcement.calling import ServiceDown
from excise.enforcement.settings import CaptureSettings
from excise.enforcement.traffic.outbox import Outbox
from excise.enforcement.traffic.recording import Seen
from excise.enforcement.traffic.spool import Spool


def seen(n, size=100):
    return Seen(
        id=f"x{n}",
        caller=Caller(account="acme"),
        path="/v1/chat/completions",
        headers={},
        started_at_s=float(n),
        asked=[b"{}"],
        replied=[b"{}"],
        size=size,
    )


class Taker:
    """A service in this process: it takes lines, is down, or refuses."""

    def __init__(self):
        self.lines = []
        self.error = None
        self.gate = threading.Event()
        self.gate.set()

    def exchanges(self, body):
        self.gate.wait(10)
        if self.error is not None:
            raise self.error
        self.lines += body.splitlines()

    def close(self):
        pass


@pytest.fixture
def taker():
    return Taker()


def test_what_is_put_in_is_sent(kit, taker):
    box = Outbox(CaptureSettings(), taker, None)
    box.start()
    assert all(box.put(seen(n)) for n in range(500))
    kit.within(10, lambda: box.sent == 500)
    box.close()
    assert len(taker.lines) == 500
    assert (len(box), box.dropped) == (0, 0)


def test_what_does_not_fit_is_dropped_and_counted_and_memory_stays(taker):
    few = Outbox(CaptureSettings(queue_exchanges=10), taker, None)
    assert sum(few.put(seen(n)) for n in range(25)) == 10
    assert (len(few), few.dropped) == (10, 15)
    small = Outbox(CaptureSettings(queue_bytes=5_000), taker, None)
    assert sum(small.put(seen(n, size=1_500)) for n in range(25)) == 2
    assert small.dropped == 23


def test_while_the_service_is_down_they_wait_in_memory_and_no_more_than_may(kit, taker):
    taker.error = ServiceDown("down")
    box = Outbox(CaptureSettings(queue_exchanges=20), taker, None)
    box.start()
    for n in range(15):
        box.put(seen(n))
    kit.within(10, lambda: box._pause_s > 0 and len(box) == 15)
    for n in range(15, 40):
        box.put(seen(n))
    assert len(box) <= 20
    taker.error = None
    kit.within(20, lambda: not len(box))
    box.close()
    assert box.sent + box.dropped == 40
    assert box.sent >= 15
    assert len(set(taker.lines)) == len(taker.lines) == box.sent


def test_with_a_spool_nothing_is_lost_while_the_service_is_down(kit, taker, tmp_path):
    taker.error = ServiceDown("down")
    spool = Spool(tmp_path, "token", most_bytes=1 << 20)
    box = Outbox(CaptureSettings(queue_exchanges=50), taker, spool)
    box.start()
    for n in range(200):
        kit.within(20, lambda n=n: box.put(seen(n)))
    kit.within(20, lambda: box.spooled == 200)
    box.close()
    anew = Outbox(CaptureSettings(), taker, Spool(tmp_path, "token", most_bytes=1 << 20))
    taker.error = None
    anew.start()
    anew.put(seen(200))
    kit.within(20, lambda: len(taker.lines) == 201)
    anew.close()
    assert not list(tmp_path.iterdir())


def test_what_the_service_will_never_take_is_dropped_and_not_sent_for_ever(kit, taker, tmp_path):
    taker.error = ServiceDown("no", refused=True)
    box = Outbox(CaptureSettings(), taker, Spool(tmp_path, "token", most_bytes=1 << 20))
    box.start()
    box.put(seen(1))
    kit.within(10, lambda: box.dropped == 1)
    box.close()
    assert not list(tmp_path.iterdir())


def test_the_end_waits_for_nobody_for_long(taker, tmp_path):
    taker.gate.clear()
    box = Outbox(CaptureSettings(), taker, None)
    box.start()
    box.put(seen(1))
    box.close(within_s=0.3)
    taker.gate.set()
