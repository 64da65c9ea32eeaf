"""What the tests of enforcement share: effects, a desk, servers on ports of their own."""

import asyncio
import contextlib
import hmac
import os
import re
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse

from excise.casework.decision import Changes, Effect, Kind, Lifted, Scope
from excise.enforcement.desk import Desk, DeskSettings
from excise.enforcement.gateways import gateway_kinds
from excise.enforcement.references import References
from excise.enforcement.table import DecisionTable
from excise.proving_ground.model_server import Pace, model_server
from excise.report.progress import now_s

TOKEN = "a-token-of-the-tests"
KEY = bytes(range(64))


def effect(subject="acme", kind=Kind.BLOCK, *, scope=Scope.ACCOUNT, until_s=4e9, **more):
    return Effect(
        **{
            "scope": scope,
            "subject": subject,
            "simulated": False,
            "decision": "dec-0123456789abcdef",
            "kind": kind,
            "starts_at_s": 0.0,
            "until_s": until_s,
            "reason_code": "harvesting",
            **more,
        }
    )


def lifted(one):
    return Lifted(scope=one.scope, subject=one.subject, simulated=one.simulated)


class Clock:
    """A clock that stands, unless it follows the real one; either can be set ahead."""

    def __init__(self, *, runs=False):
        self.runs = runs
        self.ahead_s = 0.0

    def __call__(self):
        return (now_s() if self.runs else 1_000.0) + self.ahead_s


class Keeper:
    """A desk, and its history of changes."""

    def __init__(self, settings=None, *, clock=None):
        self.clock = clock or Clock()
        self.desk = Desk(
            DecisionTable(seed=7),
            references=References(KEY),
            clock=self.clock,
            settings=settings or DeskSettings(),
        )
        self.sequence = 0
        self.apply(whole=True)

    def apply(self, *effects, lifted=(), whole=False):
        self.sequence += 1
        self.desk.apply(Changes(sequence=self.sequence, whole=whole, effects=effects, lifted=tuple(lifted)))


@pytest.fixture
def keeper():
    return Keeper()


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class Served:
    """An ASGI application, served by uvicorn in a thread."""

    def __init__(self, app, *, port=None):
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        config = uvicorn.Config(
            app,
            host="127.0.0.1",
            port=self.port,
            log_level="error",
            proxy_headers=False,
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def start(self):
        self._thread.start()
        within(10, lambda: self._server.started)

    def stop(self):
        self._server.should_exit = True
        self._thread.join(timeout=10)
        assert not self._thread.is_alive()


def within(seconds, holds, every_s=0.02):
    """Wait until something holds, and fail when it does not in time."""
    # Machines that build are slow now and then: what takes no time mostly may take a while.
    until = time.monotonic() + 4 * seconds
    while True:
        found = holds()
        if found:
            return found
        if time.monotonic() > until:
            pytest.fail(f"not within {seconds} s")
        time.sleep(every_s)


def answers(url, status=200):
    with contextlib.suppress(httpx.HTTPError):
        return httpx.get(url, timeout=1).status_code == status
    return False


@contextlib.contextmanager
def served(app, *, port=None) -> Iterator[Served]:
    server = Served(app, port=port)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def service(desk, *, exchanges=None, gateways=None):
    """Return an application with every gateway's endpoints, and a token that all of them ask for."""

    async def take(request):
        body = await request.body()
        exchanges.extend(line for line in body.split(b"\n") if line)
        return JSONResponse({})

    members = gateways or [kind() for kind in gateway_kinds().values()]
    app = Starlette(routes=[one.route() for member in members for one in member.endpoints(desk)])
    if exchanges is not None:
        app.add_route("/v1/exchanges", take, methods=["POST"])

    async def guarded(scope, receive, send):
        if scope["type"] == "http":
            headers = dict(scope["headers"])
            shown = (
                headers.get(b"x-excise-token")
                or headers.get(b"authorization", b"").removeprefix(b"Bearer ")
                or headers.get(b"x-api-key", b"")
            )
            if headers.get(b"x-api-key") == TOKEN.encode():
                shown = headers[b"x-api-key"]
            if not hmac.compare_digest(shown, TOKEN.encode()):
                await JSONResponse({"error": {"message": "no token"}}, 401)(scope, receive, send)
                return
        await app(scope, receive, send)

    return guarded


@pytest.fixture
def running():
    """A keeper whose clock runs, for tests with real gateways."""
    return Keeper(clock=Clock(runs=True))


@pytest.fixture
def model():
    """A server of a model, with three users."""
    keys = {"sk-crew": "crew", "sk-mate": "mate", "sk-ann": "ann"}
    app = model_server(keys=keys, pace=Pace(tokens=5), clock=now_s)
    with served(app) as server:
        yield server


async def ask(
    app,
    method="POST",
    path="/v1/decide",
    *,
    body=b"",
    headers=(),
    client=("203.0.113.9", 5),
    parts=None,
    query="",
):
    """Call an ASGI application without a server; return status, headers and the pieces of the body."""
    sent = []
    waiting = [{"type": "http.request", "body": one, "more_body": True} for one in (parts or [])[:-1]]
    waiting.append({"type": "http.request", "body": parts[-1] if parts else body, "more_body": False})

    async def receive():
        if not waiting:
            await asyncio.sleep(3_600)
        return waiting.pop(0)

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "scheme": "http",
        "http_version": "1.1",
        "headers": [(name.encode(), value.encode()) for name, value in headers],
        "client": client,
        "server": ("127.0.0.1", 80),
        "extensions": {},
    }
    await app(scope, receive, send)
    start = next(one for one in sent if one["type"] == "http.response.start")
    pieces = [one.get("body", b"") for one in sent if one["type"] == "http.response.body"]
    return start["status"], {n.decode(): v.decode() for n, v in start["headers"]}, pieces


def asked(*args, **more):
    return asyncio.run(ask(*args, **more))


def block(page, language, which=0):
    """Return a block of code of a page of the docs: what stands there is what is tested."""
    text = (Path(__file__).parents[2] / "docs" / "gateways" / page).read_text("utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)[which]


@pytest.fixture(scope="session")
def kit():
    """Give everything above to a test: files of tests cannot import each other."""
    return SimpleNamespace(
        Clock=Clock,
        KEY=KEY,
        Keeper=Keeper,
        Pace=Pace,
        TOKEN=TOKEN,
        answers=answers,
        ask=ask,
        asked=asked,
        block=block,
        effect=effect,
        free_port=free_port,
        lifted=lifted,
        model_server=model_server,
        now_s=now_s,
        program=program,
        served=served,
        service=service,
        within=within,
    )


@contextlib.contextmanager
def program(*command, log, environment=None):
    """Run a program of somebody else's, and end it; what it says goes to a file."""
    with log.open("wb") as said:
        process = subprocess.Popen(
            command, stdout=said, stderr=said, env={**os.environ, **(environment or {})}
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(timeout=10)
