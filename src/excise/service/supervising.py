"""A process is kept running: started again when it ends, sooner or later as it ends often or seldom."""

import asyncio
import contextlib
import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Generic, TypeVar

from msgspec import Struct

Plan = TypeVar("Plan")
_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 30.0
_LONG_LIVED_S = 60.0


class Standing(Struct):
    """How a process is: how often it was started, and what it said last and when (seconds that rise)."""

    starts: int = 0
    said: object = None
    said_at_s: float | None = None


class Supervised(Generic[Plan]):
    """Keeps one process running.

    Args:
        target: what it runs, with a connection and the plan. It may say things through the connection, and
            ends soon when the other side is closed.
        plan: what it is told; can be pickled.
        name: of the process.
        clock: seconds that only rise.
        said: is told when it ended.
    """

    def __init__(
        self,
        target: Callable[[Connection, Plan], None],
        plan: Plan,
        *,
        name: str,
        clock: Callable[[], float],
        said: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.standing = Standing()
        self._target = target
        self._plan = plan
        self._name = name
        self._clock = clock
        self._said = said
        self._process: BaseProcess | None = None
        self._connection: Connection | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start it, and keep it running from then on."""
        await asyncio.to_thread(self._begin)
        self._task = asyncio.get_running_loop().create_task(self._keep())

    @property
    def pid(self) -> int | None:
        """The number of the process."""
        return None if self._process is None else self._process.pid

    async def stop(self, *, within_s: float) -> None:
        """Let it end by itself, and kill it where it does not."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        if self._connection is not None:
            self._connection.close()
        if self._process is not None:
            await asyncio.to_thread(self._process.join, within_s)
            if self._process.is_alive():
                self._process.kill()
                await asyncio.to_thread(self._process.join)

    def _begin(self) -> None:
        ours, theirs = multiprocessing.Pipe()
        process = multiprocessing.get_context("spawn").Process(
            target=self._target, args=(theirs, self._plan), name=self._name
        )
        process.start()
        theirs.close()
        self._process, self._connection = process, ours
        self.standing.starts += 1

    async def _keep(self) -> None:
        pause_s = _FIRST_PAUSE_S
        began_s = self._clock()
        while True:
            await asyncio.sleep(0.2)
            self._listen()
            if self._process is not None and self._process.is_alive():
                continue
            self._said(f"{self._name} ended; it is started again")
            if self._clock() - began_s > _LONG_LIVED_S:
                pause_s = _FIRST_PAUSE_S
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
            await asyncio.to_thread(self._begin)
            began_s = self._clock()

    def _listen(self) -> None:
        connection = self._connection
        try:
            while connection is not None and connection.poll():
                self.standing.said = connection.recv()
                self.standing.said_at_s = self._clock()
        except (EOFError, OSError):
            return
