"""Connections that dawdle are closed, and others do not notice."""

import socket
import threading
import time

import pytest
import uvicorn

from excise.service.protocol import with_limits
from excise.service.settings import Limits


async def _answer(_scope, _receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


@pytest.fixture
def port():
    limits = Limits(head_s=0.5, head_bytes=2_000)
    config = uvicorn.Config(
        _answer, host="127.0.0.1", port=0, http=with_limits(limits), log_level="error", lifespan="off"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join(timeout=10)


def _sent(port, data, within_s=10.0):
    with socket.create_connection(("127.0.0.1", port), timeout=within_s) as client:
        client.sendall(data)
        read = b""
        while chunk := client.recv(4_096):
            read += chunk
            if b"\r\n\r\nok" in read:
                break
        return read


def test_a_head_that_does_not_end_is_not_waited_for(port):
    assert b" 408 " in _sent(port, b"GET / HTTP/1.1\r\nhost: x\r\n")


def test_a_head_that_is_too_long_is_refused(port):
    assert b" 431 " in _sent(port, b"GET / HTTP/1.1\r\nx: " + b"y" * 5_000)


def test_a_request_in_time_is_answered(port):
    assert b" 200 " in _sent(port, b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
