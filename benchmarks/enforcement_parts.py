"""What ``enforcement.py`` measures: servers, configurations, callers. Run by it in processes of their own."""

import asyncio
import gc
import hashlib
import json
import socket
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import numpy as np
import uvicorn
import uvloop
import yaml

from excise.casework.decision import Changes, Effect, Kind
from excise.casework.decision import Scope as About
from excise.casework.state.tokens import Token, TokenScope
from excise.enforcement.desk import Desk
from excise.enforcement.gateways import Endpoint, gateway_kinds
from excise.enforcement.gateways.asgi import Middleware
from excise.enforcement.raw import body_of, send_body
from excise.enforcement.references import References
from excise.enforcement.settings import GatewaySettings
from excise.enforcement.table import DecisionTable
from excise.proving_ground.model_server import Pace, model_server
from excise.report.progress import now_s
from excise.service.guard import Guard
from excise.service.metrics import Metrics
from excise.service.protocol import with_limits
from excise.service.settings import Limits
from excise.service.tokens import Gatekeeper

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

MILLION = 1_000_000
TOKEN = "excise_0123abcd_" + 43 * "A"
LIMITS = Limits(requests_per_s=1e9)
BODY = '{"model":"m","stream":true,"messages":[{"role":"user","content":"Good morning"}]}'
PAGES = Path(__file__).parents[1] / "docs" / "gateways"
POST = f"wrk.method = 'POST'\nwrk.body = '{BODY}'\nwrk.headers['Content-Type'] = 'application/json'\n"
POST_KEY = POST + "wrk.headers['Authorization'] = 'Bearer sk-ann'\n"
SAY = """
done = function(summary, latency, requests)
  io.write(string.format('{"p50": %f, "p99": %f, "rate": %f, "refused": %d}', latency:percentile(50) / 1000,
    latency:percentile(99) / 1000, summary.requests / summary.duration * 1e6, summary.errors.status))
end
"""
# Half of the callers stand in the table, each somewhere else in it.
POST_ACCOUNTS = (
    f"wrk.headers['X-Excise-Token'] = '{TOKEN}'"
    """
wrk.method = 'POST'
request = function()
  local n = math.random(0, 1999999)
  return wrk.format(nil, nil, nil, string.format('{"account":"account-%064d","address":"203.0.113.9"}', n))
end
"""
)


def spread(wait_ms: int) -> str:
    """Return what lets a connection wait about so long after each reply, never two alike."""
    return f"delay = function() return math.random(0, {2 * wait_ms}) end\n" if wait_ms else ""


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def effects(count: int):  # noqa: ANN201
    """Yield effects about as many accounts, each with a decision and an actor of its own."""
    for n in range(count):
        yield Effect(
            scope=About.ACCOUNT,
            subject=f"account-{n:064d}",
            simulated=False,
            decision=f"dec-{n:016x}",
            kind=Kind.OBSERVE,
            starts_at_s=0.0,
            until_s=4e9,
            reason_code="harvesting",
            actor=f"actor-{n:012x}",
        )


def desk_of(count: int) -> Desk:
    """Return a desk that knows about so many accounts."""
    desk = Desk(DecisionTable(seed=7), references=References(bytes(64)), clock=now_s)
    desk.fill(effects(count), sequence=1)
    return desk


def resident_mib() -> float:
    """Return the resident memory of this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20


def table() -> dict[str, object]:
    """Measure memory and look-ups of a million effects, and what a thousand changes take."""
    before = resident_mib()
    began = time.perf_counter()
    desk = desk_of(MILLION)
    filled_s = time.perf_counter() - began
    gc.collect()
    held = resident_mib() - before
    rng = np.random.default_rng(7)
    timed = {}
    for name, first in (("hit", 0), ("miss", MILLION)):
        names = [f"account-{n:064d}" for n in first + rng.integers(0, MILLION, 50_000)]
        began = time.perf_counter()
        for one in names:
            desk.table.held(accounts=(one,), end_user=None, address="203.0.113.9", at_s=1.0)
        timed[f"{name}_us"] = round(1e6 * (time.perf_counter() - began) / len(names), 2)
    for n in range(300):
        changed = tuple(effects(1_000))
        desk.apply(Changes(sequence=n + 2, whole=False, effects=changed))
    gc.collect()
    return {
        "effects": MILLION,
        "name_bytes": 72,
        "fill_s": round(filled_s, 2),
        "columns_mib": round(desk.table.bytes_held / 2**20, 1),
        "resident_mib": round(held, 1),
        "resident_after_300_deltas_mib": round(resident_mib() - before, 1),
        **timed,
    }


async def empty(scope: "Scope", receive: "Receive", send: "Send") -> None:  # noqa: ARG001 - ASGI's
    """Answer at once."""
    await send_body(send, 200, b"{}")


class Read:
    """Reads the body, and answers at once."""

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:  # noqa: ARG002 - ASGI's
        """Answer."""
        await body_of(receive, most_bytes=1 << 20)
        await send_body(send, 200, b"{}")


def service(desk: Desk) -> "ASGIApp":
    """Return the gateways as the service guards them, with a token, and beside them what answers at once."""
    members = [kind() for kind in gateway_kinds().values()]
    endpoints = [one for member in members for one in member.endpoints(desk)]
    endpoints.append(Endpoint(path="/v1/exchanges", methods=("POST",), scope="capture", handler=Read()))
    gatekeeper = Gatekeeper(now_s)
    token = Token(
        id=TOKEN[7:15],
        name="bench",
        scopes=tuple(TokenScope),
        digest=hashlib.sha256(TOKEN.encode()).hexdigest(),
        made_by="bench",
        made_at_s=0.0,
    )
    gatekeeper.know([token])
    guard = Guard(endpoints, gatekeeper=gatekeeper, metrics=Metrics([]), limits=LIMITS, clock=time.monotonic)
    beside = {"/empty": empty, "/json": Read()}

    async def answer(scope: "Scope", receive: "Receive", send: "Send") -> None:
        path = scope["path"]
        await beside.get("/empty" if path.startswith("/empty") else path, guard)(scope, receive, send)

    return answer


def model(what: str, *more: str) -> "ASGIApp":
    """Return a server of a model, bare or in the middleware, at its pace or at once."""
    pace = Pace(tokens=1) if what.endswith("_empty") else Pace(first_token_s=0.005, token_s=0.005, tokens=200)
    app = model_server(pace=pace, clock=now_s)
    if what.startswith("guarded"):
        app = Middleware(app, GatewaySettings(url=f"http://127.0.0.1:{more[0]}", token=TOKEN))
    return app


async def serve(what: str, server: str, port: int, *more: str) -> None:
    """Serve one of the applications, on uvicorn as the service sets it up, or on granian."""
    desk = desk_of(MILLION if what == "decide" else 1_000)
    app = service(desk) if what in ("decide", "desk") else model(what, *more)
    grpc = f"127.0.0.1:{more[0]}" if what == "desk" and more and more[0] != "0" else ""
    async with gateway_kinds()["envoy_grpc"](address=grpc).beside(desk):
        if server == "granian":
            from granian.constants import Interfaces  # noqa: PLC0415
            from granian.server.embed import Server  # noqa: PLC0415

            await Server(app, address="127.0.0.1", port=port, interface=Interfaces.ASGI).serve()
        else:
            await uvicorn.Server(
                uvicorn.Config(
                    app,
                    host="127.0.0.1",
                    port=port,
                    http=with_limits(LIMITS),
                    lifespan="off" if what in ("decide", "desk") else "on",
                    log_config=None,
                    access_log=False,
                    proxy_headers=False,
                    server_header=False,
                    date_header=False,
                )
            ).serve()


def block(page: str, language: str, which: int = 0) -> str:
    """Return a block of a page: what is measured is what the docs say."""
    pieces = (PAGES / page).read_text().split(f"```{language}\n")
    return pieces[which + 1].partition("```")[0]


def nginx(folder: Path, port: int) -> str:
    """Return a server that answers at once."""
    paths = "".join(
        f"{one}_temp_path {folder}/{one}; " for one in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return (
        f"daemon off; worker_processes 1; pid {folder}/pid; error_log stderr;\nevents {{ worker_connections 1024; }}\n"  # noqa: E501
        f"http {{ access_log off; {paths} keepalive_requests 100000000;\n"
        f"server {{ listen 127.0.0.1:{port}; location / {{ return 200 '{{}}'; }} }} }}\n"
    )


def envoy(name: str, ports: dict[str, int]) -> str:
    """Return the page's configuration: asking us over HTTP or gRPC, asking nothing, or nobody."""
    said = yaml.safe_load(block("envoy.md", "yaml"))
    filters = said["static_resources"]["listeners"][0]["filter_chains"][0]["filters"][0]["typed_config"]
    if name == "alone":
        del filters["http_filters"][0]
    if name == "with_grpc":
        other = yaml.safe_load(block("envoy.md", "yaml", 1))
        filters["http_filters"][0] = other["ext_authz"]
        said["static_resources"]["clusters"][1] = other["cluster"]
    text = yaml.safe_dump(said)
    ports = ports | ({"http": ports["model"]} if name == "with_nothing" else {})
    if name == "with_empty":
        text = text.replace("path_prefix: /v1/envoy", "path_prefix: /empty")
    for there, here in ((10000, name), (8000, "model"), (8400, "http"), (9191, "grpc")):
        text = text.replace(f"port_value: {there}", f"port_value: {ports[here]}")
    # A measurement must not pass for fast because nobody was asked.
    text = text.replace("EXCISE_TOKEN", TOKEN)
    return text.replace("timeout: 0.1s", "timeout: 5s").replace(
        "failure_mode_allow: true", "failure_mode_allow: false"
    )


def litellm(ports: dict[str, int], *, guarded: bool) -> str:
    """Return a configuration of LiteLLM, with the page's guardrail or without."""
    params = {"model": "openai/m", "api_base": f"http://127.0.0.1:{ports['model']}/v1", "api_key": "k"}
    said = {"model_list": [{"model_name": "m", "litellm_params": params}]}
    if guarded:
        part = block("litellm.md", "yaml").replace("127.0.0.1:8400", f"127.0.0.1:{ports['service']}")
        said |= yaml.safe_load(part)
    return yaml.safe_dump(said)


def streamed(urls: Sequence[str], *, at_once: int, times: int) -> list[tuple[float, float]]:
    """Return of each server the median milliseconds of streams, and of their first bytes.

    All are asked beside each other, so that what else the machine does hits each alike.
    """

    async def one(client: httpx.AsyncClient, url: str) -> tuple[float, float]:
        began = time.perf_counter()
        first = None
        headers = {"authorization": "Bearer sk-ann"}
        async with client.stream(
            "POST", f"{url}/v1/chat/completions", content=BODY, headers=headers
        ) as reply:
            async for _ in reply.aiter_raw():
                first = first or time.perf_counter() - began
        return time.perf_counter() - began, first or 0.0

    async def all_of_them() -> list[list[tuple[float, float]]]:
        async with httpx.AsyncClient(timeout=60) as client:
            for url in urls:
                await one(client, url)
            rounds = [
                await asyncio.gather(*(one(client, url) for _ in range(at_once) for url in urls))
                for _ in range(times)
            ]
        return [
            [took for round_ in rounds for took in round_[place :: len(urls)]] for place in range(len(urls))
        ]

    medians = [np.median(np.array(took), axis=0) for took in asyncio.run(all_of_them())]
    return [(1_000 * float(total), 1_000 * float(first)) for total, first in medians]


def asked(url: str, *, times: int) -> float:
    """Return the median milliseconds of whole replies, one caller."""
    body = BODY.replace(',"stream":true', "")
    took = []
    headers = {"authorization": "Bearer sk-" + "0f" * 32, "content-type": "application/json"}
    with httpx.Client(timeout=60, headers=headers) as client:
        for n in range(times + 5):
            began = time.perf_counter()
            client.post(f"{url}/v1/chat/completions", content=body).raise_for_status()
            if n >= 5:
                took.append(time.perf_counter() - began)
    return 1_000 * float(np.median(took))


if __name__ == "__main__" and sys.argv[1:]:
    if sys.argv[1] == "table":
        print(json.dumps(table()))
    else:
        run = uvloop.run if sys.argv[2] == "uvicorn" else asyncio.run
        run(serve(sys.argv[1], sys.argv[2], int(sys.argv[3]), *sys.argv[4:]))
