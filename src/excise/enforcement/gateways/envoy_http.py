"""``envoy_http``: Envoy's filter ``ext_authz`` over HTTP, and Envoy Gateway's ``extAuth.http``."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from excise.enforcement.desk import Desk
from excise.enforcement.gateways import Endpoint, Gateway
from excise.enforcement.passing import headers_for_upstream
from excise.enforcement.raw import headers_of, peer_of, send_body

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send


@dataclass(frozen=True)
class EnvoyHttp(Gateway):
    """Answers 200 and headers for the model server, or the refusal itself.

    Envoy puts ``/v1/envoy`` before the request's own path and sends its headers, never its body.
    """

    page: ClassVar[str] = "gateways/envoy.md"

    def endpoints(self, desk: Desk) -> tuple[Endpoint, ...]:
        """Return the endpoint; it takes every method, as Envoy asks with the request's own."""
        handler = _Asked(desk)
        return (Endpoint(path="/v1/envoy/{path:path}", methods=(), scope="decide", handler=handler),)


class _Asked:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._identity = desk.identity.behind_a_proxy()

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:  # noqa: ARG002 - ASGI's
        caller = self._identity.caller(headers_of(scope), peer=peer_of(scope))
        answer = self._desk.decide(caller)
        if answer.refused:
            refusal = self._desk.refusal(answer)
            await send_body(send, refusal.status, refusal.body, refusal.headers)
        else:
            await send_body(send, 200, b"", headers_for_upstream(answer))
