"""Connections, as they really come: ``test_faults`` has the slow ones, here is what a head may be."""

import socket

import pytest

from excise.service.protocol import with_limits
from excise.service.settings import Limits


def asked(port: int, data: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as one:
        one.sendall(data)
        pieces = []
        try:
            while piece := one.recv(65536):
                pieces.append(piece)
        except (ConnectionResetError, TimeoutError):
            pass
    return b"".join(pieces)


def test_heads_and_connections_within_their_limits(served) -> None:
    service = served(settings="[limits]\nhead_bytes = 8192\nconnections = 20\nidle_s = 1\n")
    port = service.port
    assert asked(port, b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").startswith(
        b"HTTP/1.1 200"
    )
    endless = b"GET /healthz HTTP/1.1\r\n" + b"".join(b"x-%d: %b\r\n" % (n, b"y" * 90) for n in range(20_000))
    assert b" 200 " not in asked(port, endless)[:20]
    assert asked(port, b"\x16\x03\x01 nonsense\r\n\r\n").startswith(b"HTTP/1.1 400")
    both = b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n" * 2
    assert asked(port, both).count(b"HTTP/1.1 200") == 2, "pipelined, and closed when idle"
    many = [socket.create_connection(("127.0.0.1", port), timeout=10) for _ in range(40)]
    many[-1].sendall(b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
    assert b" 503 " in many[-1].recv(100)
    for one in many:
        one.close()
    assert service.get("/healthz").status_code in (200, 503)


@pytest.mark.parametrize("head_s", [1.0, 2.0])
def test_limits_belong_to_a_class_of_their_own(head_s: float) -> None:
    assert with_limits(Limits(head_s=head_s)).limits.head_s == head_s
