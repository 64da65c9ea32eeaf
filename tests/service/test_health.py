import asyncio
import time

import httpx

from excise.report.progress import now_s
from excise.service import health
from excise.service.guard import Guard
from excise.service.health import Checked
from excise.service.metrics import Metrics
from excise.service.settings import Limits
from excise.service.tokens import Gatekeeper


def test_it_is_ready_when_everything_is_well_and_says_what_is_not() -> None:
    well = True
    metrics = Metrics(())
    guard = Guard(
        health.endpoints(
            "1", {"journal": lambda: Checked(well, "" if well else "the disk is full")}, metrics
        ),
        gatekeeper=Gatekeeper(now_s),
        metrics=metrics,
        limits=Limits(),
        clock=time.monotonic,
    )

    def asked(path: str) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app=guard)
            async with httpx.AsyncClient(transport=transport, base_url="http://excise.example") as client:
                return await client.get(path)

        return asyncio.run(ask())

    assert asked("/readyz").status_code == 200
    well = False
    answer = asked("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["journal"]["because"] == "the disk is full"
    assert asked("/healthz").json() == {"status": "ok", "version": "1"}
    assert asked("/metrics").status_code == 401
