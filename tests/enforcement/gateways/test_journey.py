"""From the log to the gateway: a campaign is captured, found, decided about and refused, by the real service.

One service, and in front of one server of a model Envoy over HTTP and over gRPC, nginx, and the middleware;
beside them ``POST /v1/decide``, the client, what LiteLLM's guardrail asks, what bouncers of CrowdSec pull,
and what the webhook pushes. ``test_litellm.py`` and ``test_crowdsec.py`` run LiteLLM and a bouncer.
"""

import contextlib
import functools
import gzip
import json
import re
import shutil
import signal
import sys
from pathlib import Path
from types import SimpleNamespace

import httpx
import msgspec
import pytest
import yaml
from starlette.applications import Starlette
from starlette.responses import Response

from excise.casework.decision import DecisionFilter, Draft, Kind, Scope, Status
from excise.casework.policy import read
from excise.casework.state import State
from excise.enforcement.caller import Caller, Identity
from excise.enforcement.client import Client
from excise.enforcement.desk import DeskSettings
from excise.enforcement.gateways.asgi import Middleware
from excise.enforcement.settings import GatewaySettings
from excise.observation.secret import Keyring
from excise.proving_ground.compose import compose
from excise.proving_ground.draw import demo
from excise.report.progress import now_s as clock
from excise.service.folder import Folder

ENVOY = shutil.which("envoy") or shutil.which("envoy", path=str(Path(sys.executable).parent))
NGINX = shutil.which("nginx") or ("/usr/sbin/nginx" if Path("/usr/sbin/nginx").exists() else None)
SOURCE = Path(__file__).parents[3] / "src"

POLICY = """
[bulk]
accounts = 100000
traffic_share = 1.0

[rules.block]
action = "block"
bits_at_least = 5.0
hours = 24
mode = "live"
take = "act"
reason_code = "harvesting"
"""


@pytest.fixture
def world(tmp_path):
    """Compose the demo's world, as if it ended now."""
    drawn, log = demo(), tmp_path / "log"
    compose(msgspec.structs.replace(drawn, start_s=clock() - 86_400.0 * drawn.days), log)
    return log


@pytest.fixture
def pushed(kit):
    """Receive what the webhook pushes, and keep whom it says to refuse."""
    refused = set()

    async def hear(request):
        said = await request.json()
        if said["whole"]:
            refused.clear()
        refused.difference_update(one["subject"] for one in said.get("lifted", ()))
        refused.update(one["subject"] for one in said["effects"] if one["kind"] == "block")
        return Response()

    app = Starlette()
    app.add_route("/push", hear, methods=["POST"])
    with kit.served(app) as server:
        yield SimpleNamespace(url=f"{server.url}/push", refused=refused)


@pytest.fixture
def service(kit, tmp_path, world, pushed):
    """Start ``excise serve``; give its address, its token, its gRPC port and its folder."""
    data, port, grpc = tmp_path / "data", kit.free_port(), kit.free_port()
    folder = Folder(data)
    folder.begin(now_s=clock(), passphrase="a passphrase of a test")
    folder.policy.write_text(POLICY)
    (tmp_path / "settings.toml").write_text(
        f'[known]\naccounts = ["{world}/accounts.jsonl"]\nnetworks = ["{world}/asn.csv"]\n'
        "[loop]\nevery_s = 0.5\n"
        f'[enforcement.desk.identity]\naccount_header = "x-account"\n'
        f'[enforcement.gateways.envoy_grpc]\naddress = "127.0.0.1:{grpc}"\n'
        f'[enforcement.gateways.webhook]\nurl = "{pushed.url}"\n'
        '[enforcement.gateways.litellm]\naccount_field = "user"\n'
    )
    command = [sys.executable, "-m", "excise", "serve", "--data", str(data), "--listen", f"127.0.0.1:{port}"]
    command += ["--settings", str(tmp_path / "settings.toml")]
    environment = {"PYTHONPATH": str(SOURCE), "EXCISE_PASSPHRASE": "a passphrase of a test"}
    environment["EXCISE_WEBHOOK_SECRET"] = "a secret of a test"
    said = tmp_path / "service.log"
    with kit.program(*command, log=said, environment=environment) as process:

        def ready():
            assert process.poll() is None, said.read_text()
            return kit.answers(f"http://127.0.0.1:{port}/readyz")

        kit.within(60, ready, every_s=0.2)
        token = re.search(r"excise_[0-9a-f]{8}_[\w-]{43}", said.read_text())[0]
        yield f"http://127.0.0.1:{port}", token, grpc, data
        process.send_signal(signal.SIGTERM)
        process.wait(60)


@contextlib.contextmanager
def doors(kit, tmp_path, service, pushed):
    """Start every gateway that is here, and give a function for each: the status that an account gets."""
    url, token, grpc, _ = service
    port_of = url.rpartition(":")[2]
    found = {}

    def through(base):
        body = {"model": "m", "messages": [{"role": "user", "content": "hello"}]}
        return lambda account: (
            httpx.post(
                f"{base}/v1/chat/completions", json=body, headers={"x-account": account}, timeout=20
            ).status_code
        )

    with contextlib.ExitStack() as stack:
        model = stack.enter_context(kit.served(kit.model_server(clock=clock, pace=kit.Pace(tokens=3))))
        identity = Identity(account_header="x-account")
        inside = GatewaySettings(url=url, token=token, desk=DeskSettings(identity=identity))
        guarded = Middleware(kit.model_server(clock=clock, pace=kit.Pace(tokens=3)), inside)
        found["asgi"] = through(stack.enter_context(kit.served(guarded)).url)
        stack.callback(guarded.close)
        for name in ("envoy_http", "envoy_grpc") if ENVOY else ():
            port = kit.free_port()
            path = tmp_path / f"{name}.yaml"
            path.write_text(
                envoy(kit, name, port=port, model=model.port, service=port_of, grpc=grpc, token=token)
            )
            command = (
                ENVOY,
                "-c",
                str(path),
                "--concurrency",
                "1",
                "--disable-hot-restart",
                "--log-level",
                "error",
            )
            stack.enter_context(kit.program(*command, log=tmp_path / f"{name}.log"))
            found[name] = through(f"http://127.0.0.1:{port}")
        if NGINX:
            port, path = kit.free_port(), tmp_path / "nginx"
            path.mkdir()
            text = kit.block("nginx.md", "nginx").replace("10000", str(port)).replace("EXCISE_TOKEN", token)
            text = text.replace("127.0.0.1:8000", f"127.0.0.1:{model.port}").replace("8400", port_of)
            (path / "nginx.conf").write_text(
                f"daemon off; worker_processes 1; pid {path}/pid; error_log stderr;\nevents {{}}\n"
                f"http {{ access_log off; client_body_temp_path {path}/b; proxy_temp_path {path}/p;\n"
                f"fastcgi_temp_path {path}/f; uwsgi_temp_path {path}/u; scgi_temp_path {path}/s;\n{text}}}\n"
            )
            command = (NGINX, "-e", "stderr", "-p", str(path), "-c", str(path / "nginx.conf"))
            stack.enter_context(kit.program(*command, log=tmp_path / "nginx.log"))
            found["nginx"] = through(f"http://127.0.0.1:{port}")

        def decide(account):
            asked = httpx.post(
                f"{url}/v1/decide", json={"account": account}, headers={"authorization": f"Bearer {token}"}
            )
            said = asked.raise_for_status().json()
            return said["refused"]["status"] if said["action"] == "block" else 200

        found["decide"] = decide
        found["webhook"] = lambda account: 403 if account in pushed.refused else 200
        found["litellm"] = functools.partial(guardrail, url, token)
        found["crowdsec"] = functools.partial(bouncer, url, token)
        client = stack.enter_context(Client(inside, clock=clock))
        found["client"] = lambda account: 403 if client.desk.decide(Caller(account=account)).refused else 200
        for name, ask in found.items():
            kit.within(30, lambda ask=ask: answered(ask), every_s=0.2)
            assert ask("nobody") == 200, name
        yield found


def guardrail(url, token, account):
    """Ask as LiteLLM's guardrail does."""
    body = {"texts": ["hello"], "request_data": {"user_api_key_user_id": account}, "input_type": "request"}
    path = "/beta/litellm_basic_guardrail_api"
    said = httpx.post(f"{url}{path}", json=body, headers={"x-api-key": token}).raise_for_status().json()
    return 403 if said["action"] == "BLOCKED" else 200


def bouncer(url, token, account):
    """Look into what a bouncer that has just started pulls, where it asks for accounts."""
    asked = {"startup": "true", "scopes": "account"}
    pulled = httpx.get(f"{url}/v1/decisions/stream", params=asked, headers={"x-api-key": token})
    banned = {one["value"] for one in pulled.raise_for_status().json()["new"] or () if one["type"] == "ban"}
    return 403 if account in banned else 200


def answered(ask):
    with contextlib.suppress(httpx.HTTPError):
        return ask("nobody") == 200
    return False


def envoy(kit, name, *, port, model, service, grpc, token):
    said = yaml.safe_load(kit.block("envoy.md", "yaml"))
    manager = said["static_resources"]["listeners"][0]["filter_chains"][0]["filters"][0]["typed_config"]
    if name == "envoy_grpc":
        other = yaml.safe_load(kit.block("envoy.md", "yaml", 1))
        manager["http_filters"][0], said["static_resources"]["clusters"][1] = (
            other["ext_authz"],
            other["cluster"],
        )
    else:
        # Where one's own authentication names the account, the filter has to pass that on too.
        patterns = manager["http_filters"][0]["typed_config"]["allowed_headers"]["patterns"]
        patterns.append({"exact": "x-account"})
    text = yaml.safe_dump(said).replace("EXCISE_TOKEN", token)
    for there, here in ((10000, port), (8000, model), (8400, service), (9191, grpc)):
        text = text.replace(f"port_value: {there}", f"port_value: {here}")
    return text


def test_a_campaign_is_found_and_refused_everywhere_until_undone_or_over(
    kit, tmp_path, world, service, pushed
):
    url, token, _, data = service
    lines = gzip.decompress((world / "log.litellm.jsonl.gz").read_bytes()).splitlines(keepends=True)
    truth = [json.loads(line) for line in (world / "truth.jsonl").read_text().splitlines()]
    headers = {"authorization": f"Bearer {token}", "content-type": "application/x-ndjson"}
    keyring = Keyring.open(data / "secret.toml", now_s=clock())
    policy = read(data / "policy.toml")
    with (
        doors(kit, tmp_path, service, pushed) as found,
        State.open(f"sqlite:///{data}/excise.db", secret=keyring.derive("state"), now_s=clock()) as state,
    ):
        for first in range(0, len(lines), 2_000):
            body = b"".join(lines[first : first + 2_000])
            taken = httpx.post(f"{url}/v1/litellm", content=body, headers=headers, timeout=120)
            assert taken.status_code == 200, taken.text

        def decided():
            asked = DecisionFilter(status=(Status.ACTIVE,), kind=Kind.BLOCK)
            return state.decisions.list(asked).decisions

        decision = kit.within(120, decided, every_s=0.5)[-1]
        blocked = next(
            one["account"]
            for one in truth
            if any(
                held.decision == decision.id for held in state.effects.current(Scope.ACCOUNT, one["account"])
            )
        )
        honest = next(one["account"] for one in truth if found["decide"](one["account"]) == 200)
        for name, ask in found.items():
            kit.within(10, lambda ask=ask: ask(blocked) == 403)
            assert ask(honest) == 200, f"{name}: an innocent neighbor notices"
        state.decisions.undo(decision.id, because="a test", policy=policy, by="ann", now_s=clock())
        for ask in found.values():
            kit.within(3, lambda ask=ask: ask(blocked) == 200)

        again = Draft(
            kind=Kind.BLOCK,
            scope=Scope.ACTOR,
            subject=decision.subject,
            case=decision.case,
            reason="again, and not for long",
            reason_code="harvesting",
            hours=12 / 3_600,
            act=True,
        )
        until_s = state.decisions.propose(again, policy=policy, by="ann", now_s=clock()).until_s
        for name, ask in found.items():
            kit.within(3, lambda ask=ask: ask(blocked) == 403)
            assert ask(honest) == 200, f"{name}: an innocent neighbor notices"
        assert clock() < until_s, "it took longer than the decision lasts"
        kit.within(15, lambda: clock() > until_s, every_s=0.2)
        for ask in found.values():
            kit.within(10, lambda ask=ask: ask(blocked) == 200)
