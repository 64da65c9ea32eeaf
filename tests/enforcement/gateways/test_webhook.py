import asyncio
import contextlib
import hashlib
import hmac
import json
import threading

import pytest
from starlette.applications import Starlette
from starlette.responses import Response

from excise.enforcement.gateways import gateway_kinds
from excise.enforcement.gateways.webhook import signature
from excise.errors import BadSetting


@contextlib.contextmanager
def pushing(desk, url):
    over, up = threading.Event(), threading.Event()

    async def run():
        async with gateway_kinds()["webhook"](url=url, look_every_s=0.02).beside(desk):
            up.set()
            await asyncio.to_thread(over.wait)

    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    assert up.wait(5)
    try:
        yield
    finally:
        over.set()
        thread.join(timeout=10)


def test_every_change_is_pushed_signed_and_again_until_it_is_taken(kit, running, monkeypatch):
    monkeypatch.setenv("EXCISE_WEBHOOK_SECRET", "secret")
    heard, busy = [], [True]

    async def hear(request):
        body = await request.body()
        if busy:
            busy.pop()
            return Response(status_code=503)
        seconds, _, signed = request.headers["x-excise-signature"].partition(",v1=")
        own = hmac.new(b"secret", seconds.removeprefix("t=").encode() + b"." + body, hashlib.sha256)
        assert hmac.compare_digest(own.hexdigest(), signed)
        heard.append(json.loads(body))
        return Response()

    app = Starlette()
    app.add_route("/push", hear, methods=["POST"])
    one = kit.effect("acme")
    with kit.served(app) as server, pushing(running.desk, f"{server.url}/push"):
        kit.within(10, lambda: heard)
        assert heard[0]["whole"]
        running.apply(one)
        kit.within(10, lambda: len(heard) > 1)
        running.apply(lifted=[kit.lifted(one)])
        kit.within(10, lambda: len(heard) > 2)
    assert [e["subject"] for e in heard[1]["effects"]] == ["acme"]
    assert [e["subject"] for e in heard[2]["lifted"]] == ["acme"]
    assert [one["sequence"] for one in heard] == sorted({one["sequence"] for one in heard})


def test_nothing_is_pushed_unsigned(running, monkeypatch):
    monkeypatch.delenv("EXCISE_WEBHOOK_SECRET", raising=False)

    async def run():
        async with gateway_kinds()["webhook"](url="http://hook.example").beside(running.desk):
            pass

    with pytest.raises(BadSetting, match="EXCISE_WEBHOOK_SECRET"):
        asyncio.run(run())


def test_a_signature_is_of_the_time_too():
    assert signature(b"{}", b"s", at_s=1.0) != signature(b"{}", b"s", at_s=2.0)
