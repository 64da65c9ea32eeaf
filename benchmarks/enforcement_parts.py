"""What ``enforcement.py`` measures: servers, configurations, callers. Run by it in processes of their own."""

import asyncio
import gc
import json
import socket
import sys
import time
from pathlib import Path

import httpx
import numpy as np
import yaml
from starlette.applications import Starlette
from starlette.responses import Response

from excise.casework.decision import Changes, Effect, Kind, Scope
from excise.enforcement.desk import Desk
from excise.enforcement.gateways import gateway_kinds
from excise.enforcement.gateways.asgi import Middleware
from excise.enforcement.raw import send_body
from excise.enforcement.references import References
from excise.enforcement.settings import GatewaySettings
from excise.enforcement.table import DecisionTable
from excise.proving_ground.model_server import Pace, model_server
from excise.report.progress import now_s

MILLION = 1_000_000
BODY = '{"model":"m","stream":true,"messages":[{"role":"user","content":"Good morning"}]}'
PAGES = Path(__file__).parents[1] / "docs" / "gateways"
POST = f"wrk.method = 'POST'\nwrk.body = '{BODY}'\nwrk.headers['Content-Type'] = 'application/json'\n"
# Half of the callers stand in the table, each somewhere else in it.
POST_ACCOUNTS = """
wrk.method = 'POST'
request = function()
  local n = math.random(0, 1999999)
  return wrk.format(nil, nil, nil, string.format('{"account":"account-%064d","address":"203.0.113.9"}', n))
end
"""


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def effects(count: int):  # noqa: ANN201
    """Yield effects about as many accounts, each with a decision and an actor of its own."""
    for n in range(count):
        yield Effect(
            scope=Scope.ACCOUNT,
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


def application(what: str, *more: str):  # noqa: ANN201
    """Return one of the applications by name."""
    if what in ("decide", "desk"):
        desk = desk_of(MILLION if what == "decide" else 1_000)
        members = [kind() for kind in gateway_kinds().values()]
        app = Starlette(routes=[one.route() for member in members for one in member.endpoints(desk)])

        async def empty(scope, receive, send) -> None:  # noqa: ANN001, ARG001
            await send_body(send, 200, b"{}")

        async def read(request):  # noqa: ANN001, ANN202
            await request.body()
            return Response(b"{}", media_type="application/json")

        app.mount("/empty", empty)
        app.add_route("/json", read, methods=["POST"])
        app.add_route("/v1/exchanges", read, methods=["POST"])
        port = more[0] if more else "0"
        if port != "0":
            beside = gateway_kinds()["envoy_grpc"](address=f"127.0.0.1:{port}").beside(desk)
            app.router.lifespan_context = lambda _: beside
        return app
    pace = Pace(tokens=1) if what.endswith("_empty") else Pace(first_token_s=0.005, token_s=0.005, tokens=200)
    app = model_server(pace=pace, clock=now_s)
    if what.startswith("guarded"):
        app = Middleware(app, GatewaySettings(url=f"http://127.0.0.1:{more[0]}", token="t"))
    return app


def serve(what: str, server: str, port: int, *more: str) -> None:
    """Serve one of the applications."""
    if server == "granian":
        from granian.constants import Interfaces  # noqa: PLC0415
        from granian.server.embed import Server  # noqa: PLC0415

        asyncio.run(
            Server(
                application(what, *more), address="127.0.0.1", port=port, interface=Interfaces.ASGI
            ).serve()
        )
    else:
        import uvicorn  # noqa: PLC0415

        uvicorn.run(
            application(what, *more), host="127.0.0.1", port=port, log_level="error", proxy_headers=False
        )


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
    """Return the page's configuration, with the filter over HTTP, over gRPC, or without."""
    said = yaml.safe_load(block("envoy.md", "yaml"))
    filters = said["static_resources"]["listeners"][0]["filter_chains"][0]["filters"][0]["typed_config"]
    if name == "alone":
        del filters["http_filters"][0]
    if name == "with_grpc":
        other = yaml.safe_load(block("envoy.md", "yaml", 1))
        filters["http_filters"][0] = other["ext_authz"]
        said["static_resources"]["clusters"][1] = other["cluster"]
    text = yaml.safe_dump(said)
    for there, here in ((10000, name), (8000, "model"), (8400, "http"), (9191, "grpc")):
        text = text.replace(f"port_value: {there}", f"port_value: {ports[here]}")
    # A measurement must not pass for fast because nobody was asked.
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


def streamed(url: str, *, at_once: int, times: int) -> tuple[float, float]:
    """Return the median milliseconds of streams, and of their first bytes."""

    async def one(client: httpx.AsyncClient) -> tuple[float, float]:
        began = time.perf_counter()
        first = None
        headers = {"authorization": "Bearer sk-ann"}
        async with client.stream(
            "POST", f"{url}/v1/chat/completions", content=BODY, headers=headers
        ) as reply:
            async for _ in reply.aiter_raw():
                first = first or time.perf_counter() - began
        return time.perf_counter() - began, first or 0.0

    async def all_of_them() -> list[tuple[float, float]]:
        async with httpx.AsyncClient(timeout=60) as client:
            await one(client)
            found = []
            for _ in range(times // at_once):
                found += await asyncio.gather(*(one(client) for _ in range(at_once)))
            return found

    total, first = np.median(np.array(asyncio.run(all_of_them())), axis=0)
    return 1_000 * float(total), 1_000 * float(first)


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
        serve(sys.argv[1], sys.argv[2], int(sys.argv[3]), *sys.argv[4:])
