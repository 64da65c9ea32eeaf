"""A real LiteLLM proxy sends its webhook, configured as docs/serve.md says, in each of its formats.

LiteLLM pins much, so it has an environment of its own: ``make litellm`` makes it.
"""

import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
import yaml

from excise.service.doctor import Places, examine

ROOT = Path(__file__).parents[2]
LITELLM = Path(os.environ.get("EXCISE_LITELLM", ROOT / "build" / "litellm-venv" / "bin" / "litellm"))
pytestmark = pytest.mark.skipif(not LITELLM.exists(), reason="LiteLLM is not here; make litellm installs it")

AUTH = """
from litellm.proxy._types import UserAPIKeyAuth

async def known(request, api_key):
    return UserAPIKeyAuth(api_key=api_key, user_id="user-of-" + api_key[3:])
"""


def page_part() -> dict[str, object]:
    """The configuration that the page gives."""
    text = (ROOT / "docs" / "serve.md").read_text(encoding="utf-8")
    block = re.search(r"^```yaml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert block is not None
    found: dict[str, object] = yaml.safe_load(block[1])
    return found


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[Callable[..., str]]:
    started: list[subprocess.Popen[bytes]] = []

    def start(service, log_format: str, **more: object) -> str:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        said = page_part()
        hook = said["callback_settings"]["excise"]  # type: ignore[index]
        hook |= {"endpoint": hook["endpoint"].replace("http://127.0.0.1:8400", service.url)}
        hook |= {"log_format": log_format}
        said["litellm_settings"] |= more  # type: ignore[operator]
        said["model_list"] = [
            {
                "model_name": "m",
                "litellm_params": {"model": "openai/m", "api_key": "x", "mock_response": "It is so."},
            }
        ]
        said["general_settings"] = {"custom_auth": "known.known"}
        (tmp_path / "known.py").write_text(AUTH)
        (tmp_path / "config.yaml").write_text(yaml.safe_dump(said))
        environment = {
            **os.environ,
            "EXCISE_BEARER": f"Bearer {service.token}",
            "DEFAULT_FLUSH_INTERVAL_SECONDS": "1",
            "LITELLM_LOCAL_MODEL_COST_MAP": "True",
            "LITELLM_MASTER_KEY": "sk-of-a-test",
            "HOME": str(tmp_path),
        }
        environment.pop("PYTHONPATH", None)
        command = [str(LITELLM), "--config", str(tmp_path / "config.yaml"), "--port", str(port)]
        log = tmp_path / "litellm.log"
        with log.open("ab") as out:
            started.append(
                subprocess.Popen(
                    [*command, "--host", "127.0.0.1", "--telemetry", "False"],
                    stdout=out, stderr=out, env=environment, cwd=tmp_path, start_new_session=True,
                )
            )  # fmt: skip
        until = time.monotonic() + 360
        while True:
            try:
                if httpx.get(f"http://127.0.0.1:{port}/health/liveliness").status_code == 200:
                    return f"http://127.0.0.1:{port}"
            except httpx.TransportError:
                pass
            assert time.monotonic() < until, log.read_text()[-3000:]
            time.sleep(0.3)

    yield start
    for one in started:
        os.killpg(one.pid, signal.SIGKILL)
        one.wait(10)


def ask(url: str, key: str, **more: object) -> str:
    body = {"model": "m", "messages": [{"role": "user", "content": "a planted question"}], **more}
    answer = httpx.post(
        f"{url}/v1/chat/completions", json=body, headers={"authorization": f"Bearer {key}"}, timeout=60
    )
    assert answer.status_code == 200, answer.text
    name: str = answer.json()["id"]
    return name


def arrived(service, count: int, *, within_s: float = 240.0) -> None:
    until = time.monotonic() + within_s
    while service.metric('excise_records_total{fate="accepted"}') < count:
        assert time.monotonic() < until, service.get("/metrics").text
        time.sleep(0.3)


@pytest.mark.parametrize("log_format", ["ndjson", "json_array", "single"])
def test_what_goes_through_the_proxy_is_captured(served, proxy, log_format: str) -> None:
    service = served()
    url = proxy(service, log_format)
    for n in range(5):
        ask(url, f"sk-{n % 2}")
    arrived(service, 5)
    assert service.metric('excise_records_total{fate="rejected"}') == 0
    assert service.metric("excise_records_without_account_total") == 0
    service.end()
    assert service.records() == 5


def test_what_is_sent_while_the_service_is_down_comes_later(served, proxy) -> None:
    service = served()
    url = proxy(service, "ndjson")
    ask(url, "sk-1")
    arrived(service, 1)
    service.kill()
    for _ in range(3):
        ask(url, "sk-1")
    time.sleep(3)
    service.start()
    arrived(service, 3, within_s=300)
    service.end()
    assert service.records() == 4


def test_the_doctor_finds_what_callers_can_hide_and_what_the_page_ends(served, proxy) -> None:
    service = served()

    def hiding(url: str) -> set[str]:
        found = examine(
            Places(gateway=url, gateway_key="sk-1", model="m", service=service.url, token=service.token),
            nonce=url,
            within_s=20.0,
        )
        assert found.found[0].captured, "an ordinary request is captured"
        return {one.probe.name for one in found.found if one.hides}

    as_shipped = hiding(proxy(service, "ndjson", global_disable_no_log_param=False))
    assert "no-log" in as_shipped
    as_on_the_page = hiding(proxy(service, "ndjson"))
    assert "no-log" not in as_on_the_page
