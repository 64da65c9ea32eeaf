import asyncio
import json

import pytest

from excise.ingest.formats import Format
from excise.open_folder import member
from excise.proving_ground.model_server import Pace, model_server


def call(app, body=b"", *, path="/v1/chat/completions", key="sk-ann"):
    sent = []

    async def receive():
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": path, "client": ("203.0.113.9", 1)}
    scope["headers"] = [(b"authorization", f"Bearer {key}".encode())]
    asyncio.run(app(scope, receive, send))
    return sent[0]["status"], [one["body"] for one in sent[1:]]


def asked(**more):
    return json.dumps({"model": "m", "messages": [{"role": "user", "content": "hi"}], **more}).encode()


def test_it_says_the_same_whole_and_streamed_and_logs_it_for_a_scan(tmp_path):
    log = tmp_path / "log.jsonl"
    app = model_server(
        pace=Pace(tokens=3, reasoning_tokens=1), keys={"sk-ann": "ann"}, log=log, clock=lambda: 1.7e9
    )
    status, [whole] = call(app, asked(n=2, logprobs=True, top_logprobs=1))
    assert status == 200
    said = json.loads(whole)
    assert [c["message"]["content"] for c in said["choices"]] == ["w0 w1 w2 "] * 2
    assert said["choices"][0]["message"]["reasoning_content"] == "r0 "
    assert len(said["choices"][0]["logprobs"]["content"][0]["top_logprobs"]) == 1
    assert said["usage"]["completion_tokens"] == 8
    status, pieces = call(app, asked(stream=True, stream_options={"include_usage": True}))
    assert pieces[-1] == b"data: [DONE]\n\n"
    assert len(pieces) == 1 + 3 + 1 + 1
    kind = member("excise.ingest.formats", Format, "openai")
    first, second = (next(iter(kind().exchanges(line))) for line in log.read_bytes().splitlines())
    assert (first.user, second.user, second.stream) == ("ann", "ann", True)
    assert "w0 w1 w2" in second.reply


def test_it_takes_its_time():
    app = model_server(pace=Pace(tokens=3, first_token_s=0.02, token_s=0.02), clock=lambda: 1.7e9)
    for more in ({}, {"stream": True}):
        loop = asyncio.new_event_loop()
        began = loop.time()
        call(app, asked(**more))
        assert loop.time() - began >= 0.055
        loop.close()


@pytest.mark.parametrize(("body", "key", "status"), [(b"{", "sk-ann", 400), (asked(), "sk-no", 401)])
def test_what_it_refuses(body, key, status):
    app = model_server(keys={"sk-ann": "ann"}, clock=lambda: 1.7e9)
    assert call(app, body, key=key)[0] == status


def test_other_paths():
    app = model_server(clock=lambda: 1.7e9)
    assert [call(app, path=path)[0] for path in ("/health", "/v1/models", "/v1/other")] == [200, 200, 404]
