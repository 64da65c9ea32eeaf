import asyncio

import pytest

from excise.casework.decision import Degradation
from excise.enforcement.caller import Caller
from excise.enforcement.settings import CaptureSettings, GatewaySettings
from excise.enforcement.traffic.passage import Passage

SSE = (b"content-type", b"text/event-stream; charset=utf-8")


def passage(body=b'{"n":3,"messages":[]}', *, headers=(), most_bytes=10_000, method="POST"):
    sent = []
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive():
        return waiting.pop(0) if waiting else {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": method, "path": "/v1/chat/completions", "headers": list(headers)}
    settings = GatewaySettings(capture=CaptureSettings(most_bytes=most_bytes))
    found = {name.decode(): value.decode() for name, value in headers}
    made = Passage(scope, receive, send, header=found.get, settings=settings, clock=lambda: 5.0)
    return made, sent


def start(*headers, status=200):
    return {"type": "http.response.start", "status": status, "headers": list(headers)}


def body(data, *, more=False):
    return {"type": "http.response.body", "body": data, "more_body": more}


def test_a_degraded_request_is_written_anew_with_its_length():
    async def go():
        made, _ = passage(headers=[(b"content-length", b"999"), (b"accept-encoding", b"gzip")])
        assert await made.degrade(Degradation())
        message = await made.receive()
        assert (message["body"], message["more_body"]) == (b'{"n":1,"messages":[]}', False)
        assert made.scope["headers"] == [(b"content-length", str(len(message["body"])).encode())]
        assert (await made.receive())["type"] == "http.disconnect"

    asyncio.run(go())


def test_a_form_with_a_file_passes_and_what_cannot_be_read_does_not():
    async def go():
        made, _ = passage(b"--x", headers=[(b"content-type", b"multipart/form-data; boundary=x")])
        assert await made.degrade(Degradation())
        assert (await made.receive())["body"] == b"--x"
        made, sent = passage(b"{")
        assert not await made.degrade(Degradation())
        assert sent[0]["status"] == 400

    asyncio.run(go())


def test_a_stream_passes_piece_by_piece_before_it_is_kept():
    async def go():
        made, sent = passage()
        made.record(Caller(account="acme"))
        await made.receive()
        await made.send(start(SSE))
        for n in range(3):
            await made.send(body(b"data: %d\n\n" % n, more=n < 2))
            assert sent[-1]["body"] == made.seen.replied[-1] == b"data: %d\n\n" % n
        assert (made.seen.status, made.seen.streamed, made.seen.first_at_s) == (200, True, 5.0)
        assert made.seen.asked == [b'{"n":3,"messages":[]}']

    asyncio.run(go())


def test_what_was_asked_is_kept_as_the_customer_sent_it_also_when_it_is_degraded():
    async def go():
        made, _ = passage()
        await made.degrade(Degradation())
        made.record(Caller(account="acme"))
        await made.receive()
        assert made.seen.asked == [b'{"n":3,"messages":[]}']

    asyncio.run(go())


def test_a_whole_reply_is_edited_when_it_is_whole():
    async def go():
        made, sent = passage()
        await made.degrade(Degradation())
        await made.send(start((b"content-type", b"application/json"), (b"content-length", b"5")))
        whole = b'{"choices":[{"message":{"content":"w","reasoning":"r"}}]}'
        await made.send(body(whole[:9], more=True))
        assert not sent
        await made.send(body(whole[9:]))
        assert sent[1]["body"] == b'{"choices":[{"message":{"content":"w","reasoning":""}}]}'
        headers = dict(sent[0]["headers"])
        assert headers[b"content-length"] == str(len(sent[1]["body"])).encode()
        assert headers[b"x-excise-degraded"] == b"logprobs, reasoning, n<=1"

    asyncio.run(go())


@pytest.mark.parametrize(
    "headers", [[(b"content-type", b"audio/mpeg")], [SSE, (b"content-encoding", b"gzip")], []]
)
def test_what_cannot_be_edited_passes_and_is_counted(headers):
    async def go():
        made, sent = passage()
        await made.degrade(Degradation())
        await made.send(start(*headers))
        await made.send(body(b"\x1f\x8b"))
        assert [one.get("body") for one in sent] == [None, b"\x1f\x8b"]
        assert made.unedited == 1

    asyncio.run(go())


def test_an_exchange_that_is_too_long_is_not_kept_and_passes():
    async def go():
        made, sent = passage(most_bytes=100)
        made.record(Caller(account="acme"))
        await made.receive()
        await made.send(start(SSE))
        for _ in range(10):
            await made.send(body(bytes(50), more=True))
        assert len(sent) == 11
        assert made.too_long
        assert sum(map(len, made.seen.replied)) <= 100

    asyncio.run(go())


@pytest.mark.parametrize(
    ("pieces", "tokens"),
    [
        ([b'{"usage":{"prompt_tokens":3,"completion_tokens":7}}'], 10),
        (
            [
                b'data: {"choices":[]}\n\n',
                b'data: {"usage":{"input_tokens":1,"output_tokens":2}}\n\ndata: [DONE]\n\n',
            ],
            3,
        ),
        ([b'data: {"a":1}\n\n', b'data: {"a":2}\n\n', b'data: {"usage":null}\n\n'], 3),
        ([b"nonsense"], 1),
        ([b'{"usage": 5}'], 1),
    ],
)
def test_tokens_are_those_that_the_reply_says_else_one_an_event(pieces, tokens):
    async def go():
        made, _ = passage()
        made.record(Caller(account="acme"))
        await made.send(start(SSE))
        for piece in pieces:
            await made.send(body(piece, more=True))
        assert made.tokens() == tokens

    asyncio.run(go())


def test_the_end_user_of_a_body_is_found_and_the_body_still_arrives():
    async def go():
        made, _ = passage(b'{"user":"u-7","messages":[]}')
        caller = await made.with_end_user(Caller(account="acme"))
        assert caller.end_user_subject == "acme/u-7"
        assert (await made.receive())["body"] == b'{"user":"u-7","messages":[]}'

    asyncio.run(go())
