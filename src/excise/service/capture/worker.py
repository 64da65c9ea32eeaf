"""The process that observes: bodies come through a socket, replies go back, the journal is its own.

It ends when the server's side of the socket is closed, having answered what it read. It is started anew by
``client``; what was not answered is not kept, or arrives again, and is kept once.
"""

import gc
import os
import signal
import socket
import time
from collections.abc import Callable

from excise.report.progress import now_s
from excise.service.capture.delivery import Beat, Delivery, Incoming, delivery_of, message
from excise.service.capture.work import Plan, Work
from excise.service.logs import log_error, set_up

_READ_BYTES = 2**20
_GROUP_BYTES = 2 * 2**20
"""About so many bytes go into one group: more would make the first of them wait."""

_BEAT_S = 1.0
_REFRESH_S = 5.0


def run(connection: socket.socket, plan: Plan) -> None:
    """Take bodies in until the other side closes the connection."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started it closes the connection
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    gc.freeze()
    gc.set_threshold(200_000, 20, 20)
    set_up(now_s)
    clock = steady_clock()
    work = Work(plan, clock)
    connection.settimeout(_BEAT_S)
    incoming = Incoming()
    beat_at = refresh_at = 0.0
    try:
        while True:
            now = time.monotonic()
            if now >= refresh_at:
                work.refresh()
                refresh_at = now + _REFRESH_S
            if now >= beat_at:
                connection.sendall(message(_beat(plan)))
                beat_at = now + _BEAT_S
            try:
                data = connection.recv(_READ_BYTES)
            except TimeoutError:
                continue
            if not data:
                return
            _answer(connection, work, [delivery_of(one) for one in incoming.feed(data)])
    except (BrokenPipeError, ConnectionResetError):
        return
    except Exception as error:  # noqa: BLE001 - the outermost: it is written down without words
        log_error("the process that observes failed", error)
        raise SystemExit(1) from None
    finally:
        work.close()
        os.close(connection.detach())


def _answer(connection: socket.socket, work: Work, deliveries: list[Delivery]) -> None:
    while deliveries:
        size = count = 0
        for delivery in deliveries:
            size += len(delivery.body)
            count += 1
            if size >= _GROUP_BYTES:
                break
        replies = work.take(deliveries[:count])
        del deliveries[:count]
        connection.settimeout(None)
        connection.sendall(b"".join(message(reply) for reply in replies))
        connection.settimeout(_BEAT_S)


def _beat(plan: Plan) -> Beat:
    there = os.statvfs(plan.journal)
    free = there.f_bavail * there.f_frsize
    if free <= plan.settings.free_bytes:
        return Beat(writable=False, because=f"only {free:,} bytes are free for the journal")
    return Beat(writable=True)


def steady_clock() -> Callable[[], float]:
    """Return a clock that agrees with the system's, and does not go back when that does.

    An exchange is refused when it is of tomorrow, and words are removed when they are old: neither may depend
    on a clock that is being set.
    """
    offset_s = now_s() - time.monotonic()

    def clock() -> float:
        return time.monotonic() + offset_s

    return clock
