"""A server of a model that is none: it answers like one, as fast or as slowly as told.

    python -m excise.proving_ground.model_server --port 8000

Chat completions as OpenAI's API has them, whole or streamed, with log-probabilities, several choices, a field
of reasoning and usage; users by their API keys; a log of requests and replies that ``excise scan`` reads.
What it says is counted, not composed: word k of choice n is ``w{k}`` or, in reasoning, ``r{k}``.
"""

import argparse
import asyncio
import hashlib
import json
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from excise.enforcement.raw import body_of, headers_of, peer_of, send_body

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

_MOST_BYTES = 16 << 20


class Pace(Struct, frozen=True, kw_only=True):
    """How fast it answers, and how much it says.

    Attributes:
        first_token_s: until the first token.
        token_s: from each token to the next.
        tokens: of a reply, unless the request says fewer.
        reasoning_tokens: before the reply, in the field ``reasoning_content``; 0: there is no such field.
    """

    first_token_s: float = 0.0
    token_s: float = 0.0
    tokens: int = 20
    reasoning_tokens: int = 0


class _Asked(Struct, frozen=True):
    model: str = "model"
    stream: bool = False
    n: int | None = None
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    logprobs: bool | None = None
    top_logprobs: int | None = None
    user: str | None = None
    stream_options: dict[str, bool] | None = None
    messages: list[object] = []


def model_server(
    *,
    pace: Pace | None = None,
    keys: Mapping[str, str] | None = None,
    log: Path | None = None,
    clock: Callable[[], float],
) -> "ASGIApp":
    """Return the ASGI application.

    Args:
        pace: how fast it answers.
        keys: the user of each API key; None lets everybody in.
        log: where to write a line for each exchange.
        clock: epoch seconds.
    """
    return _Server(pace or Pace(), keys, log, clock)


class _Server:
    def __init__(
        self, pace: Pace, keys: Mapping[str, str] | None, log: Path | None, clock: Callable[[], float]
    ) -> None:
        self._pace = pace
        self._keys = keys
        self._log = log
        self._clock = clock
        self._decoder = msgspec.json.Decoder(_Asked)
        self._count = 0

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        if scope["type"] != "http":
            await _live(receive, send) if scope["type"] == "lifespan" else None
        elif scope["path"] == "/health":
            await send_body(send, 200, b"{}")
        elif scope["path"] == "/v1/models":
            await send_body(send, 200, b'{"object":"list","data":[{"id":"model","object":"model"}]}')
        elif scope["path"] == "/v1/chat/completions":
            await self._chat(scope, receive, send)
        else:
            await send_body(send, 404, _error("there is no such path", "not_found"))

    async def _chat(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        started_s = self._clock()
        header = headers_of(scope)
        key = (header("authorization") or "").removeprefix("Bearer ")
        user = self._keys.get(key) if self._keys is not None else None
        if self._keys is not None and user is None:
            await send_body(send, 401, _error("Incorrect API key provided.", "invalid_api_key"))
            return
        body = await body_of(receive, most_bytes=_MOST_BYTES)
        try:
            asked = self._decoder.decode(body)
        except msgspec.DecodeError as error:
            await send_body(send, 400, _error(str(error), "invalid_request_error"))
            return
        self._count += 1
        reply = _Reply(f"chatcmpl-{self._count:08d}", asked, self._pace, int(started_s))
        if asked.stream:
            answered = await self._stream(reply, send)
        else:
            if self._pace.first_token_s or self._pace.token_s:
                await asyncio.sleep(self._pace.first_token_s + self._pace.token_s * max(reply.tokens - 1, 0))
            answered = reply.whole()
            await send_body(send, 200, answered)
        if self._log is not None:
            self._note(
                self._log,
                reply.id,
                key=key,
                user=user,
                address=peer_of(scope),
                started_s=started_s,
                body=body,
                answered=answered,
            )

    async def _stream(self, reply: "_Reply", send: "Send") -> bytes:
        headers = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"cache-control", b"no-cache")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        wait_s, pieces = self._pace.first_token_s, []
        for piece in reply.pieces():
            if wait_s:
                await asyncio.sleep(wait_s)
            wait_s = self._pace.token_s
            pieces.append(piece)
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        pieces.append(b"data: [DONE]\n\n")
        await send({"type": "http.response.body", "body": pieces[-1], "more_body": False})
        return b"".join(pieces) if self._log is not None else b""

    def _note(
        self,
        log: Path,
        name: str,
        *,
        key: str,
        user: str | None,
        address: str | None,
        started_s: float,
        body: bytes,
        answered: bytes,
    ) -> None:
        line = {
            "id": name,
            "started_at": started_s,
            "ended_at": self._clock(),
            "account_id": user,
            "api_key_hash": hashlib.sha256(key.encode()).hexdigest(),
            "client_ip": address,
            "path": "/v1/chat/completions",
            "request": json.loads(body),
            "response": json.loads(answered) if answered.startswith(b"{") else answered.decode(),
        }
        with log.open("ab") as file:
            file.write(json.dumps(line).encode() + b"\n")


class _Reply:
    """What is answered to one request."""

    def __init__(self, name: str, asked: _Asked, pace: Pace, created: int) -> None:
        self.id = name
        most = asked.max_completion_tokens or asked.max_tokens or pace.tokens
        self.tokens = max(min(pace.tokens, most), 1)
        self._reasoning = pace.reasoning_tokens
        self._choices = max(asked.n or 1, 1)
        self._logprobs = bool(asked.logprobs)
        self._top = asked.top_logprobs or 0
        self._usage = bool((asked.stream_options or {}).get("include_usage"))
        self._prompt_tokens = len(asked.messages)
        self._head = {"id": name, "created": created, "model": asked.model}

    def whole(self) -> bytes:
        """Return the reply at once."""
        words = [f"w{k} " for k in range(self.tokens)]
        message: dict[str, object] = {"role": "assistant", "content": "".join(words)}
        if self._reasoning:
            message["reasoning_content"] = "".join(f"r{k} " for k in range(self._reasoning))
        choices = [
            {"index": n, "message": message, "finish_reason": "stop", "logprobs": self._of(words)}
            for n in range(self._choices)
        ]
        return _encode(
            {**self._head, "object": "chat.completion", "choices": choices, "usage": self._counted()}
        )

    def pieces(self) -> Iterator[bytes]:
        """Yield the reply as events, one a token."""
        for n in range(self._choices):
            for k in range(self._reasoning):
                yield self._event(n, {"reasoning_content": f"r{k} "}, None, None)
            for k in range(self.tokens):
                word = f"w{k} "
                end = "stop" if k == self.tokens - 1 else None
                yield self._event(n, {"content": word}, self._of([word]), end)
        if self._usage:
            yield (
                b"data: "
                + _encode(
                    {**self._head, "object": "chat.completion.chunk", "choices": [], "usage": self._counted()}
                )
                + b"\n\n"
            )

    def _event(self, n: int, delta: dict[str, str], logprobs: object, end: str | None) -> bytes:
        choice = {"index": n, "delta": delta, "logprobs": logprobs, "finish_reason": end}
        return (
            b"data: "
            + _encode({**self._head, "object": "chat.completion.chunk", "choices": [choice]})
            + b"\n\n"
        )

    def _of(self, words: list[str]) -> object:
        if not self._logprobs:
            return None
        top = [{"token": f"t{k}", "logprob": -1.0 - k, "bytes": None} for k in range(self._top)]
        return {
            "content": [
                {"token": word, "logprob": -0.1, "bytes": None, "top_logprobs": top} for word in words
            ]
        }

    def _counted(self) -> dict[str, int]:
        out = self._choices * (self.tokens + self._reasoning)
        return {
            "prompt_tokens": self._prompt_tokens,
            "completion_tokens": out,
            "total_tokens": self._prompt_tokens + out,
        }


_encode = msgspec.json.Encoder().encode


def _error(message: str, code: str) -> bytes:
    return _encode(
        {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": code}}
    )


async def _live(receive: "Receive", send: "Send") -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


def main() -> None:
    """Serve on the command line."""
    import uvicorn  # noqa: PLC0415 - of the extra

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--first-token-s", type=float, default=0.05)
    parser.add_argument("--token-s", type=float, default=0.01)
    parser.add_argument("--tokens", type=int, default=50)
    parser.add_argument("--reasoning-tokens", type=int, default=0)
    parser.add_argument("--log", type=Path, help="a file for a line of each exchange")
    said = parser.parse_args()
    pace = Pace(
        first_token_s=said.first_token_s,
        token_s=said.token_s,
        tokens=said.tokens,
        reasoning_tokens=said.reasoning_tokens,
    )
    app = model_server(pace=pace, log=said.log, clock=time.time)  # noqa: TID251 - a command needs a clock
    uvicorn.run(app, host="127.0.0.1", port=said.port, log_level="warning")


if __name__ == "__main__":
    main()
