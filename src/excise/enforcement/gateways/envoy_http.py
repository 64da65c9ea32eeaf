"""``envoy_http``: Envoy's filter ``ext_authz`` over HTTP, and Envoy Gateway's ``extAuth.http``."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from excise.enforcement.desk import Desk
from excise.enforcement.gateways import Endpoint, Gateway
from excise.enforcement.proxies import AskedByProxy
from excise.enforcement.raw import send_body
from excise.enforcement.refusals import Refusal

if TYPE_CHECKING:
    from starlette.types import Send


@dataclass(frozen=True)
class EnvoyHttp(Gateway):
    """Answers 200 and headers for the model server, or the refusal itself.

    Envoy puts ``/v1/envoy`` before the request's own path and sends its headers, never its body.
    """

    page: ClassVar[str] = "gateways/envoy.md"

    def endpoints(self, desk: Desk) -> tuple[Endpoint, ...]:
        """Return the endpoint; it takes every method, as Envoy asks with the request's own."""
        handler = AskedByProxy(desk, _refuse)
        return (Endpoint(path="/v1/envoy/{path:path}", methods=(), scope="decide", handler=handler),)


async def _refuse(send: "Send", refusal: Refusal) -> None:
    await send_body(send, refusal.status, refusal.body, refusal.headers)
