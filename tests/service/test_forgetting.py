"""Forgetting over the network: whose exchanges go is written down before it is answered."""

import asyncio

import httpx
import pytest
from starlette.applications import Starlette

from excise.service import forgetting

NOW_S = 1_790_000_000.0


def asked(app, method, path, **more):
    async def ask():
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://excise.example") as client:
            return await client.request(method, path, **more)

    return asyncio.run(ask())


def test_accounts_are_forgotten_and_the_wish_outlives_the_process(forgotten):
    app = Starlette(routes=[forgetting.endpoint(forgotten, lambda: NOW_S).route()])
    reply = asked(app, "POST", "/v1/forget", json={"accounts": ["ann", "bob"]})
    assert (reply.status_code, reply.json()) == (202, {"accounts": 2})


@pytest.mark.parametrize("body", [b"", b"{}", b'{"accounts":[]}', b'{"accounts":[1]}', b"[" * 9_000])
def test_what_names_nobody_is_refused(forgotten, body):
    app = Starlette(routes=[forgetting.endpoint(forgotten, lambda: NOW_S).route()])
    assert asked(app, "POST", "/v1/forget", content=body).status_code == 400
