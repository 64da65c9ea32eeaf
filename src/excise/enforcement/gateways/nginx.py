"""``nginx``: the module ``auth_request``, which knows yes, 401 and 403, and passes headers on."""

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
class Nginx(Gateway):
    """Answers 200 and headers for the model server, or 403 and headers with the refusal.

    nginx throws a refusal's body away and turns every status but 401 and 403 into 500. The real status and
    the body therefore come in ``X-Excise-Status`` and ``X-Excise-Body``, and nginx's configuration returns
    them.
    """

    page: ClassVar[str] = "gateways/nginx.md"

    def endpoints(self, desk: Desk) -> tuple[Endpoint, ...]:
        """Return the endpoint."""
        handler = AskedByProxy(desk, _refuse)
        return (Endpoint(path="/v1/nginx", methods=("GET",), scope="decide", handler=handler),)


async def _refuse(send: "Send", refusal: Refusal) -> None:
    # A header is of ASCII: what is beyond is escaped as JSON has it.
    body = "".join(one if one.isascii() else _escaped(one) for one in refusal.body.decode())
    headers = [(name, value) for name, value in refusal.headers if name != "content-type"]
    headers += [("x-excise-status", str(refusal.status)), ("x-excise-body", body)]
    await send_body(send, 403, b"", headers)


def _escaped(character: str) -> str:
    units = character.encode("utf-16-be")
    return "".join(f"\\u{units[n]:02x}{units[n + 1]:02x}" for n in range(0, len(units), 2))
