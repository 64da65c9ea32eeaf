"""``asgi``: a middleware for vLLM, FastAPI, Starlette and any other ASGI server of models.

    vllm serve MODEL --middleware excise.enforcement.gateways.asgi.Middleware

Settings come from the environment (``excise.enforcement.settings``). A caller who is not degraded gets every
piece of a reply at the moment at which the server gives it, unchanged; what is captured is a list of the same
pieces, sent to the service by a thread of its own when the exchange is over.
"""

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from excise.enforcement.calling import Service
from excise.enforcement.client import Client
from excise.enforcement.gateways import Gateway
from excise.enforcement.passing import DEGRADATION, degradation_in
from excise.enforcement.raw import headers_of, peer_of, send_body
from excise.enforcement.settings import GatewaySettings, read_settings
from excise.enforcement.traffic.outbox import Outbox
from excise.enforcement.traffic.passage import Passage
from excise.enforcement.traffic.spool import Spool

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Receive, Scope, Send


@dataclass(frozen=True)
class Asgi(Gateway):
    """A middleware inside the server of models itself; it needs no endpoint but those of ``client``."""

    page: ClassVar[str] = "gateways/asgi.md"


class Middleware:
    """Enforces and captures around an ASGI application.

    It starts its threads with the first request, or with the server's own start where that is told (ASGI's
    lifespan), and stops them with the server.

    Args:
        app: the application.
        settings: None reads them from the environment.
        clock: epoch seconds.
    """

    def __init__(
        self,
        app: "ASGIApp",
        settings: GatewaySettings | None = None,
        clock: "Callable[[], float]" = time.time,  # noqa: TID251 - a server of models hands none in
    ) -> None:
        self._app = app
        self._settings = settings if settings is not None else read_settings(os.environ)
        self._clock = clock
        self._exempt = frozenset(self._settings.exempt)
        self._captured = self._settings.capture.paths
        self._started = False
        self.client = Client(self._settings, clock=clock)
        self.outbox = _outbox(self._settings)
        self.unedited = 0

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Handle one connection, as ASGI has it."""
        kind = scope["type"]
        if kind == "lifespan":
            await self._lifespan(scope, receive, send)
        elif kind not in ("http", "websocket") or scope["path"] in self._exempt:
            await self._app(scope, receive, send)
        else:
            if not self._started:
                self.start()
            await self._guarded(scope, receive, send)

    def start(self) -> None:
        """Begin to refresh and to send; once more does nothing."""
        self._started = True
        self.client.start()
        if self.outbox is not None:
            self.outbox.start()

    def close(self) -> None:
        """Send what waits, save the table, stop."""
        if self.outbox is not None:
            self.outbox.close()
        self.client.close()

    async def _guarded(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        header = headers_of(scope)
        desk = self.client.desk
        passage = Passage(scope, receive, send, header=header, settings=self._settings, clock=self._clock)
        caller = desk.identity.caller(header, peer=peer_of(scope))
        if passage.has_body and desk.knows_end_users:
            caller = await passage.with_end_user(caller)
        answer = desk.decide(caller)
        if answer.refused:
            refusal = desk.refusal(answer)
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008, "reason": refusal.code})
            else:
                await send_body(send, refusal.status, refusal.body, refusal.headers)
            return
        # A proxy in front that asked the service itself says here what it was told.
        degradation = answer.degradation or degradation_in(header(DEGRADATION))
        if degradation is not None and not await passage.degrade(degradation):
            return
        captured = self.outbox is not None and scope["path"].endswith(self._captured)
        counted = answer.limits is not None and answer.limits.tpm is not None
        if not passage.touched and not captured and not counted:
            await self._app(scope, receive, send)
            return
        if captured or counted:
            passage.record(caller)
        try:
            await self._app(passage.scope, passage.receive, passage.send)
        finally:
            self.unedited += passage.unedited
            seen = passage.seen
            if seen is not None:
                seen.ended_at_s = self._clock()
                if counted:
                    desk.charge(caller, passage.tokens())
                if captured and self.outbox is not None and not passage.too_long and seen.status:
                    self.outbox.put(seen)

    async def _lifespan(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        async def told() -> object:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self.start()
            elif message["type"] == "lifespan.shutdown":
                self.close()
            return message

        await self._app(scope, told, send)  # type: ignore[arg-type]  # a message passes as it came


def _outbox(settings: GatewaySettings) -> Outbox | None:
    capture = settings.capture
    if not capture.enabled or not settings.url:
        return None
    service = Service(settings.url, settings.token, timeout_s=settings.timeout_s)
    spool = (
        Spool(Path(capture.spool), settings.token, most_bytes=capture.spool_bytes) if capture.spool else None
    )
    return Outbox(capture, service, spool)
