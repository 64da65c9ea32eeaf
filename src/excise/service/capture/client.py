"""The server's side of capture: bodies go to the process that observes, and replies are awaited.

What waits is bounded: beyond it senders are refused, with the time after which to try again. A process that
died is started anew, and who waited for it is told to try again.
"""

import asyncio
import contextlib
import multiprocessing
import socket
from collections.abc import Callable
from multiprocessing.process import BaseProcess

from msgspec import Struct
from msgspec.structs import replace

from excise.errors import ExciseError
from excise.service.capture.delivery import Beat, Counts, Delivery, Incoming, Reply, answer_of, message
from excise.service.capture.work import RETRY_S, Plan
from excise.service.capture.worker import run

_SOCKET_BYTES = 4 * 2**20
_START_AGAIN_S = 0.5
_STALE_S = 10.0
_MOST_WAITING = 20_000


class Busy(ExciseError):
    """More waits than may: the sender is to try again after ``retry_after_s``."""

    def __init__(self, text: str, *, retry_after_s: float, overload: bool) -> None:
        super().__init__(text)
        self.retry_after_s = retry_after_s
        self.overload = overload


class Load(Struct):
    """What capture has done and what waits, for the metrics."""

    accepted: int = 0
    duplicate: int = 0
    rejected: int = 0
    skipped: int = 0
    without_account: int = 0
    refused: int = 0
    starts: int = 0
    waiting: int = 0
    waiting_bytes: int = 0

    def count(self, counts: Counts) -> None:
        """Add what became of a delivery."""
        self.accepted += counts.accepted
        self.duplicate += counts.duplicate
        self.rejected += counts.rejected
        self.skipped += counts.skipped
        self.without_account += counts.without_account


class Capture:
    """Takes bodies, and answers when they are on disk.

    Args:
        plan: what the process is told.
        waiting_bytes: the most that may wait, in bytes of bodies.
        said: is told when the process started or died.
    """

    def __init__(
        self, plan: Plan, *, waiting_bytes: int, said: Callable[[str], None] = lambda _: None
    ) -> None:
        self.load = Load()
        self._plan = plan
        self._most_bytes = waiting_bytes
        self._said = said
        self._number = 0
        self._waiting: dict[int, tuple[asyncio.Future[Reply], int]] = {}
        self._transport: asyncio.Transport | None = None
        self._process: BaseProcess | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._gone = asyncio.Event()
        self._ended = False
        self._beat: tuple[float, Beat] | None = None

    async def start(self) -> None:
        """Start the process, and keep one running from then on."""
        await self._begin()
        self._keeper = asyncio.get_running_loop().create_task(self._keep())

    async def deliver(self, delivery: Delivery) -> Reply:
        """Hand a body over and return its reply; with a 2xx it has reached the disk.

        Raises:
            Busy: too much waits, or the process died.
        """
        size = len(delivery.body)
        load = self.load
        if self._transport is None or self._ended:
            load.refused += 1
            raise Busy("capture is being started; try again", retry_after_s=1.0, overload=False)
        if load.waiting and (load.waiting_bytes + size > self._most_bytes or load.waiting >= _MOST_WAITING):
            load.refused += 1
            raise Busy("more waits than is taken at once; try again", retry_after_s=RETRY_S, overload=True)
        self._number += 1
        future: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._waiting[self._number] = (future, size)
        load.waiting += 1
        load.waiting_bytes += size
        self._transport.write(message(replace(delivery, number=self._number)))
        return await future

    def is_writable(self) -> tuple[bool, str]:
        """Say whether the journal can be written, and if not, why."""
        if self._beat is None or self._transport is None:
            return False, "the process that observes is not there"
        at_s, beat = self._beat
        if asyncio.get_running_loop().time() - at_s > _STALE_S and not self._waiting:
            return False, "the process that observes says nothing"
        return beat.writable, beat.because

    async def stop(self, *, within_s: float) -> None:
        """Answer what waits, and end the process."""
        self._ended = True
        deadline = asyncio.get_running_loop().time() + within_s
        waiting = [future for future, _ in self._waiting.values()]
        if waiting:
            await asyncio.wait(waiting, timeout=within_s)
        if self._keeper is not None:
            self._keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeper
        if self._transport is not None:
            self._transport.close()
        if self._process is not None:
            await asyncio.to_thread(
                self._process.join, max(0.1, deadline - asyncio.get_running_loop().time())
            )
            if self._process.is_alive():
                self._process.kill()
                await asyncio.to_thread(self._process.join)

    @property
    def pid(self) -> int | None:
        """The number of the process."""
        return None if self._process is None else self._process.pid

    async def _begin(self) -> None:
        ours, theirs = socket.socketpair()
        for end in (ours, theirs):
            for option in (socket.SO_SNDBUF, socket.SO_RCVBUF):
                end.setsockopt(socket.SOL_SOCKET, option, _SOCKET_BYTES)
        process = multiprocessing.get_context("spawn").Process(
            target=run, args=(theirs, self._plan), name="excise capture", daemon=True
        )
        await asyncio.to_thread(process.start)
        theirs.close()
        self._gone.clear()
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_connection(lambda: _Side(self._answered, self._lost), sock=ours)
        self._transport, self._process = transport, process
        self.load.starts += 1

    async def _keep(self) -> None:
        while True:
            await self._gone.wait()
            self._said("the process that observes ended; it is started again")
            if self._process is not None:
                self._process.kill()
                await asyncio.to_thread(self._process.join)
            await asyncio.sleep(_START_AGAIN_S)
            await self._begin()

    def _answered(self, answer: Reply | Beat) -> None:
        if isinstance(answer, Beat):
            self._beat = (asyncio.get_running_loop().time(), answer)
            return
        found = self._waiting.pop(answer.number, None)
        if found is None:
            return
        future, size = found
        self.load.waiting -= 1
        self.load.waiting_bytes -= size
        self.load.count(answer.counts)
        if not future.done():
            future.set_result(answer)

    def _lost(self) -> None:
        self._transport = None
        waiting, self._waiting = self._waiting, {}
        self.load.waiting = self.load.waiting_bytes = 0
        for future, _ in waiting.values():
            if not future.done():
                future.set_exception(
                    Busy("capture was interrupted; try again", retry_after_s=1.0, overload=False)
                )
        if not self._ended:
            self._gone.set()


class _Side(asyncio.Protocol):
    """Parts what comes back into answers."""

    def __init__(self, answered: Callable[[Reply | Beat], None], lost: Callable[[], None]) -> None:
        self._incoming = Incoming()
        self._answered = answered
        self._lost = lost

    def data_received(self, data: bytes) -> None:
        for one in self._incoming.feed(data):
            self._answered(answer_of(one))

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - as asyncio calls it
        self._lost()
