"""A desk in another process: the table is fetched whole once, then by what changed, and kept.

    from excise.enforcement.client import Client
    from excise.enforcement.settings import read_settings

    with Client(read_settings(os.environ), clock=now_s) as client:
        answer = client.desk.decide(Caller(account="acme", address="203.0.113.9"))

Asking is a look-up in memory. A thread of its own asks the service for changes, which answers as soon as
there are any: an undo is here in a fraction of a second. While the service is down the last table holds, and
each effect in it ends when its time is over; the snapshot brings it back when this process starts anew
meanwhile.
"""

import contextlib
import logging
import secrets
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from excise.enforcement import snapshot
from excise.enforcement.calling import Service, ServiceDown
from excise.enforcement.desk import Desk
from excise.enforcement.references import References
from excise.enforcement.settings import GatewaySettings
from excise.enforcement.snapshot import SnapshotDamaged
from excise.enforcement.table import DecisionTable
from excise.enforcement.wire import CutOff, changes_of, effects_of, head_of

_LOG = logging.getLogger(__name__)
_FIRST_PAUSE_S = 0.25
_LONGEST_PAUSE_S = 5.0
_SAVE_EVERY_S = 60.0


class Client:
    """Keeps a desk filled.

    Args:
        settings: where the service is, where the snapshot is, how the desk answers.
        clock: epoch seconds.
    """

    def __init__(self, settings: GatewaySettings, *, clock: Callable[[], float]) -> None:
        self.settings = settings
        self._clock = clock
        self._path = Path(settings.snapshot) if settings.snapshot else None
        self._saved: tuple[int, float] | None = None
        kept = self._kept()
        table = kept.table if kept else DecisionTable(seed=secrets.randbits(63))
        references = References(kept.reference_key) if kept and kept.reference_key else None
        self.desk = Desk(table, references=references, clock=clock, settings=settings.desk)
        if kept:
            self.desk.refreshed_at_s = kept.saved_at_s
            self._saved = (table.sequence, kept.saved_at_s)
        self._service = (
            Service(settings.url, settings.token, timeout_s=settings.timeout_s) if settings.url else None
        )
        self._over = threading.Event()
        self._thread: threading.Thread | None = None
        self.failures = 0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """Begin to refresh; once more does nothing."""
        if self._thread is None and self._service is not None:
            self._thread = threading.Thread(target=self._keep, name="excise-refresh", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Stop refreshing, and save the table."""
        self._over.set()
        if self._service is not None:
            # Closing its connection ends the request that the thread may be waiting in.
            self._service.close()
        if self._thread is not None:
            self._thread.join(timeout=self.settings.timeout_s)
        self._save()

    def refresh(self, *, wait_s: float = 0.0) -> bool:
        """Ask the service once what changed, and apply it.

        Returns:
            Whether it answered. If not, the table stays as it is.
        """
        if self._service is None:
            return False
        after = self.desk.sequence if self.desk.table.filled else -1
        try:
            with self._service.effects(after=after, wait_s=wait_s) as lines:
                head = head_of(lines)
                if head.reference_key and self.desk.references is None:
                    self.desk.references = References(head.reference_key)
                if head.whole:
                    self.desk.fill(effects_of(lines), sequence=head.sequence)
                else:
                    self.desk.apply(changes_of(head, lines))
        except (ServiceDown, CutOff) as error:
            self.failures += 1
            if self.failures == 1 and not self._over.is_set():
                _LOG.warning("the service cannot be asked; its last decisions hold. %s", error)
            return False
        if self.failures:
            _LOG.warning("the service answers again, after %d attempts", self.failures)
        self.failures = 0
        return True

    def _keep(self) -> None:
        pause_s = _FIRST_PAUSE_S
        while not self._over.is_set():
            if self.refresh(wait_s=self.settings.wait_s):
                pause_s = _FIRST_PAUSE_S
                if self._saved is None or self._clock() - self._saved[1] >= _SAVE_EVERY_S:
                    self._save()
            else:
                self._over.wait(pause_s)
                pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)

    def _kept(self) -> snapshot.Snapshot | None:
        if self._path is None or not self._path.exists():
            return None
        try:
            return snapshot.load(self._path)
        except SnapshotDamaged as error:
            _LOG.warning("%s", error)
            return None

    def _save(self) -> None:
        table = self.desk.table
        if self._path is None or not table.filled:
            return
        if self._saved is not None and self._saved[0] == table.sequence:
            return
        key = self.desk.references.key if self.desk.references is not None else b""
        with contextlib.suppress(OSError):
            snapshot.save(table, self._path, at_s=self._clock(), reference_key=key)
            self._saved = (table.sequence, self._clock())
