"""A real nginx, configured as docs/gateways/nginx.md says."""

import contextlib
import json
import os
import shutil
from pathlib import Path

import httpx
import pytest

from excise.casework.decision import Kind, Scope
from excise.enforcement.caller import digest_of

NGINX = shutil.which("nginx") or ("/usr/sbin/nginx" if Path("/usr/sbin/nginx").exists() else None)

real = pytest.mark.skipif(NGINX is None, reason="nginx is not here; Debian's package nginx brings it")


@pytest.fixture
def behind_nginx(kit, tmp_path, model, running, in_front):
    port = kit.free_port()
    with contextlib.ExitStack() as stack:
        serving = stack.enter_context(contextlib.ExitStack())
        server = serving.enter_context(kit.served(kit.service(running.desk)))
        text = kit.block("nginx.md", "nginx")
        for there, here in (
            ("127.0.0.1:10000", f"127.0.0.1:{port}"),
            ("127.0.0.1:8000", f"127.0.0.1:{model.port}"),
            ("127.0.0.1:8400", f"127.0.0.1:{server.port}"),
            ("EXCISE_TOKEN", kit.TOKEN),
        ):
            text = text.replace(there, here)
        user = "user root;" if os.getuid() == 0 else ""
        (tmp_path / "nginx.conf").write_text(
            f"{user} daemon off; worker_processes 1; pid {tmp_path}/pid; error_log stderr;\n"
            f"events {{}}\nhttp {{ access_log off; client_body_temp_path {tmp_path}/body;\n"
            f"proxy_temp_path {tmp_path}/proxy; fastcgi_temp_path {tmp_path}/f; uwsgi_temp_path {tmp_path}/u;\n"  # noqa: E501
            f"scgi_temp_path {tmp_path}/s;\n{text}}}\n"
        )
        command = [NGINX, "-e", "stderr", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")]
        url = stack.enter_context(in_front(command, port=port, log=tmp_path / "nginx.log"))
        yield url, serving.close


@real
def test_a_campaign_is_blocked_and_nobody_else_notices(behind_nginx, running, journey):
    url, _ = behind_nginx
    journey.go(url, running)


@real
def test_it_goes_on_without_the_service(behind_nginx, running, kit, journey):
    url, stop = behind_nginx
    running.apply(kit.effect(digest_of("sk-crew")))
    assert isinstance(journey.says(url, "sk-crew"), Exception)
    stop()
    assert journey.says(url, "sk-ann") == "w0 w1 w2 w3 w4 "


@real
def test_the_models_own_403_passes_as_it_is(behind_nginx):
    url, _ = behind_nginx
    said = httpx.get(f"{url}/v1/nothing")
    assert said.status_code == 404
    assert said.json()["error"]["code"] == "not_found"


@real
def test_an_address_is_that_which_nginx_saw(behind_nginx, running, kit):
    url, _ = behind_nginx
    running.apply(kit.effect("127.0.0.0/8", scope=Scope.ADDRESS))
    assert httpx.get(f"{url}/v1/models", headers={"x-forwarded-for": "198.51.100.1"}).status_code == 403


def test_a_refusal_stands_in_headers_of_ascii(keeper, kit):
    keeper.apply(kit.effect("acme", reason_code="größe 🚰"))
    account = digest_of("sk-acme")
    keeper.apply(kit.effect(account, Kind.BLOCK, reason_code="größe 🚰"))
    status, headers, _ = kit.asked(
        kit.service(keeper.desk),
        "GET",
        "/v1/nginx",
        headers=[("authorization", "Bearer sk-acme"), ("x-excise-token", kit.TOKEN)],
    )
    assert status == 403
    assert headers["x-excise-status"] == "403"
    assert headers["x-excise-body"].isascii()
    assert json.loads(headers["x-excise-body"])["error"]["reason_code"] == "größe 🚰"
