"""The outbox: captured exchanges wait in bounded memory and are sent by a thread of their own.

What does not fit is dropped and counted: a service that is slow or down costs evidence, never memory and
never a request's time. With a spool, what cannot be sent waits on disk and is sent when the service answers
again.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable

from excise.enforcement.calling import Service, ServiceDown
from excise.enforcement.settings import CaptureSettings
from excise.enforcement.traffic.recording import Seen, line_of
from excise.enforcement.traffic.spool import Spool

_LOG = logging.getLogger(__name__)
_BATCH_BYTES = 1 << 20
_BATCH_EXCHANGES = 200
_LINGER_S = 0.2
_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 10.0
_OVERHEAD_BYTES = 1_000


class Outbox:
    """Takes exchanges at once, and sends them by and by.

    Args:
        settings: how much may wait.
        service: takes them.
        spool: takes them when the service does not; None: they wait in memory.
    """

    def __init__(self, settings: CaptureSettings, service: Service, spool: Spool | None) -> None:
        self._settings = settings
        self._service = service
        self._spool = spool
        self._waiting: deque[Seen] = deque()
        self._bytes = 0
        self._lock = threading.Lock()
        self._more = threading.Event()
        self._over = threading.Event()
        self._thread: threading.Thread | None = None
        self._pause_s = 0.0
        self.sent = 0
        self.spooled = 0
        self.dropped = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, seen: Seen) -> bool:
        """Take an exchange, and say whether there was room for it."""
        size = seen.size + _OVERHEAD_BYTES
        with self._lock:
            full = len(self._waiting) >= self._settings.queue_exchanges
            if full or self._bytes + size > self._settings.queue_bytes:
                self.dropped += 1
                return False
            self._waiting.append(seen)
            self._bytes += size
        if not self._more.is_set():
            self._more.set()
        return True

    def start(self) -> None:
        """Begin to send; once more does nothing."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._send_on, name="excise-outbox", daemon=True)
            self._thread.start()

    def close(self, *, within_s: float = 2.0) -> None:
        """Send or spool what waits, as far as that goes in a short time, and stop."""
        self._over.set()
        self._more.set()
        if self._thread is not None:
            self._thread.join(timeout=within_s)
        self._service.close()

    def _send_on(self) -> None:
        while not self._over.is_set():
            self._more.wait(timeout=_PAUSE_S)
            # A moment, so that a batch is more than the first of many.
            self._over.wait(_LINGER_S + self._pause_s)
            self._more.clear()
            if self._spool and not self._over.is_set():
                self._empty_spool()
            self._empty()
        self._empty()

    def _empty(self) -> None:
        """Send or spool what waits; what can be neither waits on."""
        while self._waiting:
            if not self._send(self._batch()) and self._spool is None:
                return

    def _batch(self) -> list[Seen]:
        batch: list[Seen] = []
        size = 0
        while self._waiting and len(batch) < _BATCH_EXCHANGES and size < _BATCH_BYTES:
            seen = self._waiting[0]
            batch.append(seen)
            size += seen.size + _OVERHEAD_BYTES
            with self._lock:
                self._waiting.popleft()
                self._bytes -= seen.size + _OVERHEAD_BYTES
        return batch

    def _send(self, batch: list[Seen]) -> bool:
        body = b"".join(line_of(seen) + b"\n" for seen in batch)
        # What waits longest goes first: while there is a spool that was not sent, this joins it.
        if not (self._spool and self._pause_s > 0):
            why = self._attempt(lambda: self._service.exchanges(body))
            if why is None:
                self.sent += len(batch)
                return True
            if why.refused:
                self.dropped += len(batch)
                _LOG.error("%d captured exchanges were refused, and are dropped: %s", len(batch), why)
                return False
        if self._spool is not None and self._spool.put(body):
            self.spooled += len(batch)
            return False
        with self._lock:
            room = self._settings.queue_exchanges - len(self._waiting)
            size = sum(seen.size + _OVERHEAD_BYTES for seen in batch)
            if self._over.is_set() or room < len(batch) or self._bytes + size > self._settings.queue_bytes:
                self.dropped += len(batch)
            else:
                self._waiting.extendleft(reversed(batch))
                self._bytes += size
        return False

    def _empty_spool(self) -> None:
        assert self._spool is not None
        for path, body in self._spool.batches():
            why = self._attempt(lambda body=body: self._service.exchanges(body))  # type: ignore[misc]
            if why is not None and not why.refused:
                return
            if why is None:
                self.sent += body.count(b"\n")
            else:
                self.dropped += body.count(b"\n")
            self._spool.remove(path)

    def _attempt(self, call: Callable[[], None]) -> ServiceDown | None:
        try:
            call()
        except ServiceDown as error:
            if self._pause_s == 0:
                _LOG.warning("captured exchanges cannot be sent, and wait: %s", error)
            self._pause_s = error.retry_after_s or min(max(2 * self._pause_s, _PAUSE_S), _LONGEST_PAUSE_S)
            return error
        self._pause_s = 0.0
        return None
