"""The process that observes, with the server's side of it."""

import asyncio
import os
import signal

import pytest

from excise.service.capture.client import Busy, Capture
from excise.service.capture.delivery import Delivery, Wire
from excise.service.capture.work import Plan


def one(body: bytes) -> Delivery:
    return Delivery(0, Wire.RECORDS, "litellm", "litellm", "", body)


def running(plan: Plan, what, *, waiting_bytes: int = 2**20) -> object:
    async def live() -> object:
        capture = Capture(plan, waiting_bytes=waiting_bytes)
        await capture.start()
        try:
            return await asyncio.wait_for(what(capture), 60)
        finally:
            await capture.stop(within_s=10)

    return asyncio.run(live())


def test_what_is_delivered_is_answered_and_counted(plan: Plan, sent) -> None:
    async def what(capture: Capture) -> None:
        replies = await asyncio.gather(*(capture.deliver(one(sent(n))) for n in range(50)))
        assert [reply.status for reply in replies] == [200] * 50
        assert capture.load.accepted == 50
        assert (capture.load.waiting, capture.load.waiting_bytes) == (0, 0)
        assert capture.is_writable() == (True, "")

    running(plan, what)


def test_more_than_may_wait_is_refused_at_once(plan: Plan, sent) -> None:
    async def what(capture: Capture) -> None:
        body = sent(1)
        big = [asyncio.create_task(capture.deliver(one(sent(n) * 1))) for n in range(200)]
        await asyncio.sleep(0)
        found = await asyncio.gather(*big, return_exceptions=True)
        busy = [error for error in found if isinstance(error, Busy)]
        assert busy
        assert all(error.overload and error.retry_after_s > 0 for error in busy)
        assert capture.load.refused == len(busy)
        assert (await capture.deliver(one(body))).status == 200, "it goes on"

    running(plan, what, waiting_bytes=5_000)


def test_one_that_dies_is_started_again_and_who_waited_is_told(plan: Plan, sent) -> None:
    async def what(capture: Capture) -> None:
        assert (await capture.deliver(one(sent(1)))).status == 200
        assert capture.pid is not None
        os.kill(capture.pid, signal.SIGSTOP)
        waiting = asyncio.create_task(capture.deliver(one(sent(2))))
        await asyncio.sleep(0.1)
        os.kill(capture.pid, signal.SIGKILL)
        with pytest.raises(Busy):
            await waiting
        overloaded: list[bool] = []
        while True:
            try:
                reply = await capture.deliver(one(sent(2)))
                break
            except Busy as busy:
                overloaded.append(busy.overload)
                await asyncio.sleep(0.1)
        assert not any(overloaded)
        assert reply.status == 200
        assert capture.load.starts == 2

    running(plan, what)


def test_what_waits_at_the_end_is_answered(plan: Plan, sent) -> None:
    async def live() -> list[int]:
        capture = Capture(plan, waiting_bytes=2**20)
        await capture.start()
        tasks = [asyncio.create_task(capture.deliver(one(sent(n)))) for n in range(20)]
        await asyncio.sleep(0)
        await capture.stop(within_s=30)
        return [(await task).status for task in tasks]

    assert asyncio.run(live()) == [200] * 20
