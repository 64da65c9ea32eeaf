import asyncio

import pytest

from excise.enforcement.raw import TooLong, body_of, headers_of, peer_of, send_body


def read(pieces, most_bytes):
    waiting = [{"body": piece, "more_body": n < len(pieces) - 1} for n, piece in enumerate(pieces)]

    async def receive():
        return waiting.pop(0)

    return asyncio.run(body_of(receive, most_bytes=most_bytes))


def test_a_body_is_read_whole_and_no_further_than_it_may():
    assert read([b"a", b"", b"bc"], 3) == b"abc"
    for pieces in ([b"abcd"], [b"ab", b"cd"], [b"ab", b"c", b"d", b"e"]):
        with pytest.raises(TooLong):
            read(pieces, 3)


def test_a_header_cannot_begin_another():
    sent = []

    async def send(message):
        sent.append(message)

    asyncio.run(send_body(send, 200, b"x", [("x-a", "1\r\nset-cookie: 2"), ("x-b", "größe 🚰")]))
    headers = dict(sent[0]["headers"])
    assert headers == {
        b"x-a": b"1",
        b"x-b": b"gr\xf6\xdfe ?",
        b"content-type": b"application/json",
        b"content-length": b"1",
    }


def test_who_is_connected():
    assert peer_of({"client": ("203.0.113.9", 1)}) == "203.0.113.9"
    assert peer_of({"client": None}) is peer_of({}) is None
    assert headers_of({"headers": [(b"X-A", b"\xff")]})("x-a") == "ÿ"
