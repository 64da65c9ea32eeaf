"""The middleware around a server of a model, as the official client sees it."""

import asyncio
import contextlib
import json
import os
import sys
import time

import msgspec
import openai
import pytest
from starlette.applications import Starlette

from excise.casework.decision import Degradation, Kind, Limits, Scope
from excise.enforcement.caller import digest_of
from excise.enforcement.desk import DeskSettings
from excise.enforcement.gateways.asgi import Middleware
from excise.enforcement.settings import CaptureSettings, GatewaySettings
from excise.ingest.formats import Format
from excise.open_folder import member

CREW = digest_of("sk-crew")


@pytest.fixture
def inside(kit, running, tmp_path):
    """Start the service, and a server of a model with the middleware in it."""

    @contextlib.contextmanager
    def start(pace=None, **more):
        exchanges = []
        pace = pace or kit.Pace(tokens=5, reasoning_tokens=2)
        with contextlib.ExitStack() as stack:
            serving = stack.enter_context(contextlib.ExitStack())
            service = serving.enter_context(kit.served(kit.service(running.desk, exchanges=exchanges)))
            capture = CaptureSettings(spool=str(tmp_path / "spool"))
            settings = GatewaySettings(
                **{"url": service.url, "token": kit.TOKEN, "wait_s": 2.0, "capture": capture, **more}
            )
            guarded = Middleware(kit.model_server(pace=pace, clock=kit.now_s), settings, running.clock)
            server = stack.enter_context(kit.served(guarded))
            kit.within(5, lambda: kit.answers(f"{server.url}/v1/models"))
            kit.within(5, lambda: guarded.client.desk.table.filled)
            yield server.url, guarded, exchanges, serving.close

    return start


def ask(journey, url, key="sk-crew", **more):
    said = [{"role": "user", "content": "hello"}]
    with journey.caller(url, key) as client:
        reply = client.chat.completions.create(model="m", messages=said, **more)
        return list(reply) if more.get("stream") else reply


def test_a_campaign_is_blocked_and_nobody_else_notices(inside, running, journey):
    with inside() as (url, _, _, _):
        journey.go(url, running)


def test_degraded_callers_get_less_whole_and_streamed_and_are_told(inside, running, kit, journey):
    with inside() as (url, _, _, _):
        asked = {"logprobs": True, "top_logprobs": 2, "n": 3}
        before = ask(journey, url, **asked)
        assert len(before.choices) == 3
        assert before.choices[0].logprobs.content
        assert before.choices[0].message.reasoning_content == "r0 r1 "
        running.apply(kit.effect(CREW, Kind.DEGRADE, degradation=Degradation(max_tokens=4)))
        after = kit.within(5, lambda: len((found := ask(journey, url, **asked)).choices) == 1 and found)
        assert after.choices[0].logprobs is None
        assert after.choices[0].message.content == "w0 w1 w2 w3 "
        assert after.choices[0].message.reasoning_content == ""
        with journey.caller(url, "sk-crew") as client:
            raw = client.chat.completions.with_raw_response.create(model="m", messages=[])
            assert raw.headers["x-excise-degraded"] == "logprobs, reasoning, n<=1, max_tokens<=4"
        chunks = ask(journey, url, stream=True, **asked)
        assert "".join(c.choices[0].delta.content or "" for c in chunks) == "w0 w1 w2 w3 "
        assert not any(c.choices[0].logprobs for c in chunks)
        assert not any(getattr(c.choices[0].delta, "reasoning_content", "") for c in chunks)
        assert len(ask(journey, url, key="sk-ann", **asked).choices) == 3, "an innocent neighbor notices"


def test_what_passes_is_captured_as_the_exchange_that_it_was(inside, kit, journey):
    with inside() as (url, guarded, exchanges, _):
        ask(journey, url)
        ask(journey, url, stream=True)
        kit.within(5, lambda: len(exchanges) == 2)
        kind = member("excise.ingest.formats", Format, "openai")
        whole, streamed = (next(iter(kind().exchanges(line))) for line in exchanges)
        assert whole.user == streamed.user == CREW
        assert whole.reply == streamed.reply
        assert "w0 w1 w2 w3 w4" in whole.reply
        assert (streamed.stream, streamed.turns[0].text, whole.tokens_out) == (True, "hello", 7)
        assert b"sk-crew" not in b"".join(exchanges)
        assert (guarded.outbox.sent, guarded.outbox.dropped) == (2, 0)


def test_refused_requests_are_not_captured(inside, running, kit, journey):
    with inside() as (url, guarded, exchanges, _):
        running.apply(kit.effect(CREW))
        kit.within(5, lambda: isinstance(journey.says(url, "sk-crew"), Exception))
        count = guarded.outbox.sent + len(guarded.outbox)
        assert isinstance(journey.says(url, "sk-crew"), Exception)
        assert guarded.outbox.sent + len(guarded.outbox) == count
        assert len(exchanges) <= count


def test_a_stream_reaches_the_caller_as_the_model_speaks(inside, kit, journey):
    with inside(pace=kit.Pace(tokens=5, first_token_s=0.2, token_s=0.2)) as (url, _, _, _):
        began, times = time.monotonic(), []
        with journey.caller(url, "sk-ann") as client:
            for chunk in client.chat.completions.create(model="m", messages=[], stream=True):
                assert chunk.choices
                times.append(time.monotonic() - began)
        assert times[-1] - times[0] > 0.2 * 3, "it came all at once"


def test_without_the_service_the_last_decisions_hold_and_captures_wait_encrypted(
    inside, running, kit, journey, tmp_path
):
    with inside() as (url, guarded, _exchanges, stop):
        running.apply(kit.effect(CREW))
        kit.within(5, lambda: isinstance(journey.says(url, "sk-crew"), Exception))
        stop()
        assert isinstance(journey.says(url, "sk-crew"), openai.PermissionDeniedError)
        assert journey.says(url, "sk-ann") == "w0 w1 w2 w3 w4 "
        kit.within(10, lambda: guarded.outbox.spooled)
        held = b"".join(path.read_bytes() for path in (tmp_path / "spool").iterdir())
        assert held
        assert b"hello" not in held


@pytest.mark.parametrize(("fail", "refused"), [("open", False), ("closed", True)])
def test_without_any_table_it_fails_as_it_is_told(kit, journey, fail, refused):
    settings = GatewaySettings(url=f"http://127.0.0.1:{kit.free_port()}", desk=DeskSettings(fail=fail))
    guarded = Middleware(kit.model_server(clock=kit.now_s, pace=kit.Pace(tokens=5)), settings)
    with kit.served(guarded) as server:
        said = journey.says(server.url, "sk-ann")
        assert isinstance(said, openai.InternalServerError) is refused
        assert kit.answers(f"{server.url}/health"), "health checks are exempt"


def test_the_tokens_of_an_actor_are_counted_over_its_accounts(inside, running, kit, journey):
    with inside() as (url, guarded, _, _):
        mate = digest_of("sk-mate")
        limits = Limits(tpm=120)
        running.apply(
            *(kit.effect(one, Kind.THROTTLE, limits=limits, actor="actor-1") for one in (CREW, mate))
        )
        kit.within(5, lambda: guarded.client.desk.table.find(Scope.ACCOUNT, mate, at_s=running.clock()))
        said = [journey.says(url, key) for key in ("sk-crew", "sk-mate", "sk-crew", "sk-mate")]
        # A bucket of 20 tokens, and 8 tokens a reply: the third overshoots, the fourth waits.
        assert [isinstance(one, openai.RateLimitError) for one in said] == [False, False, False, True]


def test_an_end_user_is_refused_and_the_accounts_others_are_not(inside, running, kit, journey):
    with inside() as (url, _, _, _):
        running.apply(kit.effect(f"{CREW}/u-7", scope=Scope.END_USER))

        def refused(**more):
            try:
                return not ask(journey, url, **more)
            except openai.PermissionDeniedError:
                return True

        kit.within(5, lambda: refused(user="u-7"))
        assert not refused(user="u-8")
        assert not refused()
        assert not refused(user="u-7", key="sk-ann")


def test_a_proxy_in_front_says_what_it_was_told(kit):
    guarded = Middleware(kit.model_server(clock=kit.now_s), GatewaySettings(url=""))
    body = json.dumps({"messages": [], "n": 3}).encode()
    for headers, choices in (([], 3), ([("x-excise-degradation", '{"max_n":2}')], 2)):
        _, _, pieces = kit.asked(guarded, path="/v1/chat/completions", body=body, headers=headers)
        assert len(json.loads(b"".join(pieces))["choices"]) == choices


def test_a_refused_websocket_is_closed(kit, keeper):
    guarded = Middleware(kit.model_server(clock=kit.now_s), GatewaySettings(url=""))
    guarded.client.desk.apply(
        msgspec.structs.replace(
            keeper.desk.since(1), sequence=5, whole=True, effects=(kit.effect(digest_of("sk-crew")),)
        )
    )
    sent = []

    async def send(message):
        sent.append(message)

    scope = {"type": "websocket", "path": "/v1/realtime", "headers": [(b"authorization", b"Bearer sk-crew")]}
    asyncio.run(guarded(scope, None, send))
    assert sent == [{"type": "websocket.close", "code": 1008, "reason": "harvesting"}]


def test_it_starts_and_stops_with_the_server(kit, running, tmp_path, monkeypatch):
    with kit.served(kit.service(running.desk)) as service:
        monkeypatch.setenv("EXCISE_URL", service.url)
        monkeypatch.setenv("EXCISE_TOKEN", kit.TOKEN)
        monkeypatch.setenv("EXCISE_SNAPSHOT", str(tmp_path / "table"))
        app = Starlette()
        app.add_middleware(Middleware)
        with kit.served(app) as server:
            kit.answers(server.url, 404)
            kit.within(5, (tmp_path / "table").exists)


def test_it_needs_no_framework(kit, tmp_path):
    """The middleware is for servers that have none of Starlette."""
    code = (
        "import sys; sys.modules['starlette'] = None\n"
        "from excise.enforcement.gateways.asgi import Middleware\n"
        "from excise.enforcement.settings import GatewaySettings\n"
        "Middleware(print, GatewaySettings(url=''))\n"
    )
    with kit.program(
        sys.executable,
        "-c",
        code,
        log=tmp_path / "log",
        environment={"PYTHONPATH": os.pathsep.join(sys.path)},
    ) as process:
        assert process.wait(60) == 0
