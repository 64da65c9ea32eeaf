"""A process that ends is started again, and what it says is heard."""

import asyncio
import os
import signal
import time

import pytest

from excise.service.supervising import Supervised


def talk(connection, plan):
    """Say the plan and the number of the process, until the other side is closed."""
    try:
        while not connection.poll(0.05):
            connection.send((plan, os.getpid()))
    except (BrokenPipeError, EOFError):
        return


async def _until(what, within_s=30.0):
    end = time.monotonic() + within_s
    while not what():
        assert time.monotonic() < end, "it took too long"
        await asyncio.sleep(0.05)


def test_it_is_heard_started_again_when_killed_and_ends_when_told():
    ended = []

    async def live():
        one = Supervised(talk, "a plan", name="talker", clock=time.monotonic, said=ended.append)
        await one.start()
        await _until(lambda: one.standing.said is not None)
        assert one.standing.said == ("a plan", one.pid)
        first = one.pid
        os.kill(first, signal.SIGKILL)
        await _until(lambda: one.standing.starts == 2 and one.standing.said[1] != first)
        last = one.pid
        await one.stop(within_s=5.0)
        return last

    last = asyncio.run(live())
    assert ended == ["talker ended; it is started again"]
    with pytest.raises(ProcessLookupError):
        os.kill(last, 0)
