"""A real LiteLLM proxy, configured as docs/gateways/litellm.md says: with the guardrail, with the callback.

LiteLLM pins much, so it has an environment of its own: ``make litellm`` makes it.
"""

import contextlib
import os
import time
from pathlib import Path

import msgspec
import openai
import pytest
import yaml

from excise.casework.decision import Degradation, Kind, Limits, Scope
from excise.enforcement.caller import digest_of

ROOT = Path(__file__).parents[3]
LITELLM = Path(os.environ.get("EXCISE_LITELLM", ROOT / "build" / "litellm-venv" / "bin" / "litellm"))
real = pytest.mark.skipif(not LITELLM.exists(), reason="LiteLLM is not here; make litellm installs it")

AUTH = """
import hashlib
from litellm.proxy._types import UserAPIKeyAuth

async def known(request, api_key):
    return UserAPIKeyAuth(api_key=hashlib.sha256(api_key.encode()).hexdigest(), user_id=api_key[3:])
"""


def guard(kit, desk, **said):
    body = {"texts": ["hello"], "request_data": {}, "input_type": "request", **said}
    headers = [("x-api-key", kit.TOKEN)]
    status, _, pieces = kit.asked(
        kit.service(desk),
        path="/beta/litellm_basic_guardrail_api",
        body=msgspec.json.encode(body),
        headers=headers,
    )
    return status, msgspec.json.decode(b"".join(pieces))


def test_the_guardrail_stops_requests_and_never_replies(kit, keeper):
    keeper.apply(kit.effect("hash-1"))
    who = {"user_api_key_hash": "hash-1", "user_api_key_user_id": "ann"}
    status, said = guard(kit, keeper.desk, request_data=who)
    assert (status, said["action"]) == (200, "BLOCKED")
    assert said["blocked_reason"].startswith("harvesting: Access is suspended")
    assert guard(kit, keeper.desk, request_data=who, input_type="response") == (200, {"action": "NONE"})
    assert guard(kit, keeper.desk, request_data={"user_api_key_hash": "hash-2"}) == (200, {"action": "NONE"})


def test_an_address_is_believed_behind_ones_own_proxy_alone(kit):
    headers = {"X-Forwarded-For": "203.0.113.9", "x-api-key": "[present]"}
    for hops, action in ((0, "NONE"), (1, "BLOCKED")):
        settings = msgspec.convert({"identity": {"trusted_hops": hops}}, type(kit.Keeper().desk.settings))
        keeper = kit.Keeper(settings)
        keeper.apply(kit.effect("203.0.113.9", scope=Scope.ADDRESS))
        assert guard(kit, keeper.desk, request_headers=headers)[1]["action"] == action


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"request_data": 5}', b"\xff", b'{"input_type": null}'])
def test_what_cannot_be_read_is_refused(kit, keeper, body):
    path, headers = "/beta/litellm_basic_guardrail_api", [("x-api-key", kit.TOKEN)]
    status, _, _ = kit.asked(kit.service(keeper.desk), path=path, body=body, headers=headers)
    assert status == 400


@pytest.fixture
def behind_litellm(kit, tmp_path, model, running, in_front):
    """Start a proxy with a part of the page's configuration."""

    @contextlib.contextmanager
    def start(which):
        port = kit.free_port()
        with contextlib.ExitStack() as stack:
            serving = stack.enter_context(contextlib.ExitStack())
            server = serving.enter_context(kit.served(kit.service(running.desk)))
            part = kit.block("litellm.md", "yaml", which).replace("http://127.0.0.1:8400", server.url)
            (tmp_path / "known.py").write_text(AUTH)
            said = {
                "model_list": [
                    {
                        "model_name": "m",
                        "litellm_params": {
                            "model": "openai/m",
                            "api_base": f"{model.url}/v1",
                            "api_key": "sk-ann",
                        },
                    }
                ],
                "general_settings": {"custom_auth": "known.known"},
                **yaml.safe_load(part),
            }
            (tmp_path / "config.yaml").write_text(yaml.safe_dump(said))
            environment = {
                "EXCISE_TOKEN": kit.TOKEN,
                "EXCISE_URL": server.url,
                "PYTHONPATH": str(ROOT / "src"),
                "LITELLM_LOCAL_MODEL_COST_MAP": "True",
                "LITELLM_MASTER_KEY": f"sk-{os.urandom(32).hex()}",
                "LITELLM_MODE": "PRODUCTION",
                "HOME": str(tmp_path),
            }
            command = [str(LITELLM), "--config", str(tmp_path / "config.yaml"), "--port", str(port)]
            command += ["--host", "127.0.0.1", "--telemetry", "False"]
            url = stack.enter_context(
                in_front(command, port=port, log=tmp_path / "litellm.log", environment=environment)
            )
            yield url, serving.close

    return start


@real
def test_a_campaign_is_blocked_by_the_guardrail(behind_litellm, running, kit, journey):
    with behind_litellm(0) as (url, stop):
        journey.go(url, running, throttles=False, status=400)
        running.apply(kit.effect(digest_of("sk-crew")))
        assert isinstance(journey.says(url, "sk-crew"), openai.BadRequestError)
        stop()
        assert journey.says(url, "sk-ann") == "w0 w1 w2 w3 w4 "


@real
def test_a_campaign_is_blocked_by_the_callback_with_the_right_errors(behind_litellm, running, kit, journey):
    with behind_litellm(1) as (url, stop):
        crew, ann = digest_of("sk-crew"), "sk-ann"
        blocked = kit.effect(crew)
        assert journey.says(url, "sk-crew") == journey.says(url, ann) == "w0 w1 w2 w3 w4 "
        running.apply(blocked)
        error = kit.within(5, lambda: isinstance(found := journey.says(url, "sk-crew"), Exception) and found)
        assert isinstance(error, openai.PermissionDeniedError), error
        assert "apl-" in str(error)
        assert journey.says(url, ann) == "w0 w1 w2 w3 w4 "

        running.apply(kit.effect(crew, Kind.THROTTLE, limits=Limits(rpm=1)))
        error = kit.within(
            5, lambda: isinstance(found := journey.says(url, "sk-crew"), openai.RateLimitError) and found
        )
        assert error.response.headers["retry-after"].isdecimal()

        running.apply(kit.effect(crew, Kind.DEGRADE, degradation=Degradation(max_tokens=3)))
        kit.within(5, lambda: journey.says(url, "sk-crew") == "w0 w1 w2 ")
        with journey.caller(url, "sk-crew") as client:
            asked = {
                "model": "m",
                "messages": [{"role": "user", "content": "hello"}],
                "logprobs": True,
                "n": 4,
            }
            reply = client.chat.completions.create(**asked)
            assert len(reply.choices) == 1
            assert not reply.choices[0].logprobs
            assert "".join(journey.streams(url, "sk-crew")[:3]) == "w0 w1 w2 "

        running.apply(lifted=[kit.lifted(blocked)])
        kit.within(5, lambda: journey.says(url, "sk-crew") == "w0 w1 w2 w3 w4 ")

        running.apply(blocked)
        kit.within(5, lambda: isinstance(journey.says(url, "sk-crew"), Exception))
        stop()
        time.sleep(0.5)
        assert isinstance(journey.says(url, "sk-crew"), openai.PermissionDeniedError), "the last table holds"
        assert journey.says(url, ann) == "w0 w1 w2 w3 w4 "
