"""Load for the benchmarks of the service: bodies with fresh record ids, and connections that send them."""

import asyncio
import itertools
import json
import socket
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass

from excise.report.progress import now_s

_ID = "@@@@@@@@@@@@"
_WORDS = (
    "Explain step by step how a heat pump warms a house in winter, and where the energy comes from, "
    "with one example in numbers and one thing that people often get wrong about it. "
)
_SERIAL = itertools.count()


@dataclass(frozen=True)
class Shape:
    """How many exchanges a body has."""

    name: str
    exchanges: int


def _template(account: int) -> tuple[bytes, bytes]:
    """One exchange as LiteLLM logs it, some two kilobytes, before and after its record id."""
    payload = {
        "id": _ID,
        "trace_id": _ID,
        "call_type": "acompletion",
        "stream": False,
        "response_cost": 0.00042,
        "status": "success",
        "custom_llm_provider": "openai",
        "total_tokens": 412,
        "prompt_tokens": 92,
        "completion_tokens": 320,
        "startTime": now_s() - 60.0,
        "endTime": now_s() - 57.5,
        "completionStartTime": now_s() - 59.6,
        "model": "flagship",
        "model_group": "flagship",
        "metadata": {
            "user_api_key_hash": f"{account:064x}",
            "user_api_key_user_id": f"acct_{account}",
            "requester_ip_address": f"203.0.113.{account % 250}",
            "user_agent": "OpenAI/Python 1.60.0",
        },
        "request_tags": ["User-Agent: OpenAI", "User-Agent: OpenAI/Python 1.60.0"],
        "end_user": "",
        "requester_ip_address": f"203.0.113.{account % 250}",
        "messages": [
            {"role": "system", "content": "You are a helpful assistant of an energy company."},
            {"role": "user", "content": f"{_WORDS} Case {account}."},
        ],
        "response": {
            "choices": [
                {
                    "finish_reason": "stop",
                    "index": 0,
                    "message": {"role": "assistant", "content": f"{_WORDS * 6} Case {account}."},
                }
            ]
        },
        "model_parameters": {"temperature": 0.7, "max_tokens": 512},
    }
    text = json.dumps(payload)
    before, _, after = text.partition(_ID)
    return before.encode(), after.replace(_ID, "trace").encode()


def bodies(shape: Shape) -> Iterator[bytes]:
    """Yield bodies for ever; no record id comes twice in a process's life."""
    made = [_template(account) for account in range(500)]
    stamp = f"{time.time_ns() & 0xFFFFFFFF:08x}".encode()
    while True:
        lines = []
        for _ in range(shape.exchanges):
            number = next(_SERIAL)
            before, after = made[number % len(made)]
            lines.append(b"%b%b-%d%b" % (before, stamp, number, after))
        yield b"\n".join(lines)


async def drive(
    port: int,
    path: str,
    token: str,
    source: Iterator[bytes],
    *,
    connections: int,
    seconds: float,
    per_s: float = 0.0,
) -> dict[str, float]:
    """Send bodies over some connections, each the next when the last was answered; return rates and times.

    Args:
        port: of the service on this machine.
        path: where to.
        token: is shown.
        source: the bodies.
        connections: how many.
        seconds: how long.
        per_s: how many a second at most, all connections together; 0: as many as are answered.
    """
    head = f"POST {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n".encode()
    until = time.perf_counter() + seconds
    times: list[float] = []
    refused = size = sent = 0
    first = time.perf_counter()

    async def one() -> None:
        nonlocal refused, sent, size
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.perf_counter() < until:
            if per_s:
                turn = sent / per_s - (time.perf_counter() - first)
                sent += 1
                if turn > 0:
                    await asyncio.sleep(turn)
            body = next(source)
            began = time.perf_counter()
            writer.write(b"%bcontent-length: %d\r\n\r\n%b" % (head, len(body), body))
            status = await _answer(reader)
            if status == 200:
                times.append(time.perf_counter() - began)
                size += len(body)
            elif status in (429, 503):
                refused += 1
                await asyncio.sleep(0.05)
            else:
                raise RuntimeError(f"{path} answers {status}")
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(connections)))
    took = time.perf_counter() - began
    times.sort()
    return {
        "per_s": len(times) / took,
        "bytes": size / max(1, len(times)),
        "refused": refused,
        "p50_ms": 1e3 * times[len(times) // 2],
        "p99_ms": 1e3 * times[int(len(times) * 0.99)],
    }


async def _answer(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    at = head.index(b"content-length: ") + 16
    await reader.readexactly(int(head[at : head.index(b"\r", at)]))
    return int(head[9:12])


def free_port() -> int:
    """Return a port that is free now."""
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        return int(made.getsockname()[1])


def ready(port: int, *, within_s: float = 60.0) -> None:
    """Wait until the service is ready."""
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError("the service is not ready")
