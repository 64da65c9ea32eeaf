"""Health: alive is not ready, and what is not in order is named."""

import asyncio

import httpx
from starlette.applications import Starlette

from excise.service.health import Checked, endpoints
from excise.service.metrics import Metrics


def asked(app, method, path, **more):
    async def ask():
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://excise.example") as client:
            return await client.request(method, path, **more)

    return asyncio.run(ask())


def _app(checks):
    made = endpoints("1.2.3", checks, Metrics(()))
    return Starlette(routes=[one.route() for one in made])


def test_a_service_is_ready_when_all_is_in_order():
    app = _app({"journal": lambda: Checked(well=True)})
    assert asked(app, "GET", "/healthz").json() == {"status": "ok", "version": "1.2.3"}
    assert asked(app, "GET", "/readyz").status_code == 200


def test_what_is_not_in_order_is_named_and_the_process_is_still_alive():
    app = _app(
        {"journal": lambda: Checked(well=True), "loop": lambda: Checked(well=False, because="it stopped")}
    )
    reply = asked(app, "GET", "/readyz")
    assert reply.status_code == 503
    assert reply.json()["checks"]["loop"] == {"well": False, "because": "it stopped"}
    assert asked(app, "GET", "/healthz").status_code == 200
