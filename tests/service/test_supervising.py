import asyncio
import os
import signal
import time
from multiprocessing.connection import Connection

from excise.service.supervising import Supervised


def says(connection: Connection, plan: str) -> None:
    """Say one thing, and wait for the end."""
    connection.send(plan)
    try:
        connection.recv()
    except EOFError:
        return


def fails(_connection: Connection, _plan: str) -> None:
    """End at once."""
    raise SystemExit(3)


def test_what_is_killed_is_started_again_and_what_is_told_to_end_does() -> None:
    told: list[str] = []

    async def live() -> tuple[int, object]:
        one = Supervised(says, "hello", name="excise test", clock=time.monotonic, said=told.append)
        await one.start()
        for _ in range(2):
            before = one.pid
            while one.standing.said is None or one.pid == before:
                if one.standing.said is not None and one.pid == before:
                    assert before is not None
                    os.kill(before, signal.SIGKILL)
                    one.standing.said = None
                await asyncio.sleep(0.05)
        last = one.pid
        await one.stop(within_s=10)
        assert last is not None
        try:
            os.kill(last, 0)
        except ProcessLookupError:
            return one.standing.starts, one.standing.said
        return -1, None

    starts, said = asyncio.run(asyncio.wait_for(live(), 180))
    assert starts == 3
    assert said == "hello"
    assert len(told) == 2


def test_one_that_ends_at_once_is_started_ever_more_seldom() -> None:
    async def live() -> int:
        one = Supervised(fails, "", name="excise test", clock=time.monotonic)
        await one.start()
        await asyncio.sleep(4)
        await one.stop(within_s=5)
        return one.standing.starts

    assert 2 <= asyncio.run(live()) <= 4
