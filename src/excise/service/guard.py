"""One table of endpoints: who may use each, how much it takes, how long that lasts, and what is counted.

It stands before every handler, whoever wrote it, so that none can leave a check out.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from starlette.routing import compile_path

from excise.enforcement.gateways import Endpoint
from excise.enforcement.raw import headers_of, peer_of, send_body
from excise.errors import BadSetting
from excise.service.limits import Rates
from excise.service.logs import log_error
from excise.service.metrics import Metrics
from excise.service.refusals import problem
from excise.service.settings import Limits
from excise.service.tokens import Gatekeeper, allows

if TYPE_CHECKING:
    import re

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_OPEN_PER_S = 50.0
"""So many requests without a token one address may send in a second."""

_CLOSE = (("connection", "close"),)


class TooSlow(Exception):
    """A body took longer to arrive than it may."""


class TooLong(Exception):
    """A body is longer than it may be."""


class Gone(Exception):
    """Who sent the request went away before its end: what came of it counts for nothing."""


class _Mounted(Struct):
    endpoint: Endpoint
    app: "ASGIApp"
    methods: frozenset[str]
    name: str
    pattern: "re.Pattern[str]"
    converters: dict[str, object]


class Guard:
    """An ASGI application of a table of endpoints.

    Args:
        endpoints: the table; no two have the same path and method.
        gatekeeper: knows the tokens.
        metrics: counts requests.
        limits: of bodies, times and rates; may be replaced while it runs.
        clock: seconds that only rise.

    Raises:
        BadSetting: two endpoints are at one place.
    """

    def __init__(
        self,
        endpoints: Iterable[Endpoint],
        *,
        gatekeeper: Gatekeeper,
        metrics: Metrics,
        limits: Limits,
        clock: Callable[[], float],
    ) -> None:
        self.limits = limits
        self._gatekeeper = gatekeeper
        self._metrics = metrics
        self._clock = clock
        self._rates = Rates(clock)
        self._static: dict[str, list[_Mounted]] = {}
        self._patterns: list[_Mounted] = []
        self.endpoints = tuple(endpoints)
        taken: set[tuple[str, str]] = set()
        for endpoint in self.endpoints:
            one = _mounted(endpoint)
            for method in one.methods or {""}:
                if (endpoint.path, method) in taken:
                    raise BadSetting(f"two endpoints are at {method} {endpoint.path}; leave one out")
                taken.add((endpoint.path, method))
            if one.converters:
                self._patterns.append(one)
            else:
                self._static.setdefault(endpoint.path, []).append(one)

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Answer a request."""
        if scope["type"] != "http":
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1000})
            return
        began = self._clock()
        watched = _Watched(receive, send, self.limits, began, self._clock)
        name = await self._answer(scope, watched)
        self._metrics.add(name, watched.status, self._clock() - began)

    async def _answer(self, scope: "Scope", watched: "_Watched") -> str:
        found, methods = self._found(scope)
        if found is None:
            text = "there is nothing here; /openapi.json says what there is"
            if methods:
                text = f"this takes {', '.join(methods)}"
                allow = (("allow", ", ".join(methods)),)
                await watched.refuse(405, problem(text, "method_not_allowed"), allow)
            else:
                await watched.refuse(404, problem(text, "not_found"))
            return "none"
        endpoint = found.endpoint
        refused = self._refusal(scope, endpoint)
        if refused is not None:
            await watched.refuse(*refused)
            return found.name
        try:
            await found.app(scope, watched.receive, watched.send)
        except Gone:
            watched.status = watched.status or 499
        except TooSlow:
            await watched.refuse(408, problem("the body took too long to arrive", "too_slow"), _CLOSE)
        except TooLong:
            most = self.limits.body_bytes
            await watched.refuse(413, problem(f"the body has more than {most:,} bytes", "too_long"), _CLOSE)
        except Exception as error:
            log_error(f"{found.name} failed", error)
            if watched.status:
                raise
            await watched.refuse(500, problem("this failed, and was written down", "failed"), _CLOSE)
        return found.name

    def _refusal(
        self, scope: "Scope", endpoint: Endpoint
    ) -> tuple[int, bytes, Sequence[tuple[str, str]]] | None:
        """Return what a request is refused with before anything of it is read, None where it may go on."""
        header = headers_of(scope)
        if endpoint.scope == "open":
            wait_s = self._rates.wait_s(f"address {peer_of(scope)}", per_s=_OPEN_PER_S)
        else:
            token = self._gatekeeper.whose(header)
            if token is None:
                wait_s = self._rates.wait_s(f"address {peer_of(scope)}", per_s=_OPEN_PER_S)
                if not wait_s:
                    text = "a token is needed, as Authorization: Bearer; excise access token makes one"
                    return 401, problem(text, "unauthorized"), (("www-authenticate", "Bearer"), *_CLOSE)
            elif not allows(token, endpoint.scope):
                text = f"this token may not {endpoint.scope}; excise access token makes one that may"
                return 403, problem(text, "forbidden"), _CLOSE
            else:
                wait_s = self._rates.wait_s(token.id, per_s=self.limits.requests_per_s)
                scope["excise.token"] = token
        if wait_s:
            after = (("retry-after", str(max(1, round(wait_s)))), *_CLOSE)
            return 429, problem("more requests than are taken in a second", "too_many"), after
        length = header("content-length")
        if length is not None and length.isdecimal() and int(length[:20]) > self.limits.body_bytes:
            text = f"the body has more than {self.limits.body_bytes:,} bytes; send it in parts"
            return 413, problem(text, "too_long"), _CLOSE
        return None

    def _found(self, scope: "Scope") -> tuple[_Mounted | None, list[str]]:
        """Return the endpoint of a request; without one, which methods would have had one."""
        path, method = scope["path"], scope["method"]
        methods: set[str] = set()
        for one in self._candidates(path):
            if not one.methods or method in one.methods or (method == "HEAD" and "GET" in one.methods):
                if one.converters:
                    match = one.pattern.match(path)
                    scope["path_params"] = match.groupdict() if match else {}
                return one, []
            methods |= one.methods
        return None, sorted(methods)

    def _candidates(self, path: str) -> Iterator[_Mounted]:
        yield from self._static.get(path, ())
        for one in self._patterns:
            if one.pattern.match(path):
                yield one


def _mounted(endpoint: Endpoint) -> _Mounted:
    pattern, _, converters = compile_path(endpoint.path)
    route = endpoint.route()
    return _Mounted(
        endpoint,
        route.app,
        frozenset(endpoint.methods),
        endpoint.name or endpoint.path,
        pattern,
        dict(converters),
    )


class _Watched:
    """A request on its way: its body within limits of size and time, and the status of its reply."""

    __slots__ = ("_clock", "_deadline", "_read", "_receive", "_rest", "_send", "status")

    def __init__(
        self, receive: "Receive", send: "Send", limits: Limits, began: float, clock: Callable[[], float]
    ) -> None:
        self._receive = receive
        self._send = send
        self._rest = limits.body_bytes
        self._deadline = began + limits.body_s
        self._clock = clock
        self._read = False
        self.status = 0

    async def receive(self) -> "Message":
        if self._read:
            return await self._receive()
        try:
            async with asyncio.timeout(max(0.0, self._deadline - self._clock())):
                message = await self._receive()
        except TimeoutError:
            raise TooSlow from None
        if message["type"] == "http.request":
            self._rest -= len(message.get("body", b""))
            if self._rest < 0:
                raise TooLong
            self._read = not message.get("more_body", False)
        elif message["type"] == "http.disconnect":
            raise Gone
        return message

    async def send(self, message: "Message") -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        await self._send(message)

    async def refuse(self, status: int, body: bytes, headers: Iterable[tuple[str, str]] = ()) -> None:
        if not self.status:
            await send_body(self.send, status, body, headers)
