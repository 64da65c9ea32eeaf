"""``nginx``: the module ``auth_request``, which knows yes, 401 and 403, and passes headers on."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from excise.enforcement.desk import Desk
from excise.enforcement.gateways import Endpoint, Gateway
from excise.enforcement.passing import headers_for_upstream
from excise.enforcement.raw import headers_of, peer_of, send_body

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send


@dataclass(frozen=True)
class Nginx(Gateway):
    """Answers 204 and headers for the model server, or 403 and headers with the refusal.

    nginx throws a refusal's body away and turns every status but 401 and 403 into 500. The real status and
    the body therefore come in ``X-Excise-Status`` and ``X-Excise-Body``, and nginx's configuration returns
    them.
    """

    page: ClassVar[str] = "gateways/nginx.md"

    def endpoints(self, desk: Desk) -> tuple[Endpoint, ...]:
        """Return the endpoint."""
        return (Endpoint(path="/v1/nginx", methods=("GET",), scope="decide", handler=_Asked(desk)),)


class _Asked:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._identity = desk.identity.behind_a_proxy()

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:  # noqa: ARG002 - ASGI's
        caller = self._identity.caller(headers_of(scope), peer=peer_of(scope))
        answer = self._desk.decide(caller)
        if not answer.refused:
            await send_body(send, 200, b"", headers_for_upstream(answer))
            return
        refusal = self._desk.refusal(answer)
        headers = [(name, value) for name, value in refusal.headers if name != "content-type"]
        headers += [
            ("x-excise-status", str(refusal.status)),
            # A header is of ASCII: what is beyond is escaped as JSON has it.
            (
                "x-excise-body",
                "".join(one if one.isascii() else _escaped(one) for one in refusal.body.decode()),
            ),
        ]
        await send_body(send, 403, b"", headers)


def _escaped(character: str) -> str:
    units = character.encode("utf-16-be")
    return "".join(f"\\u{units[n]:02x}{units[n + 1]:02x}" for n in range(0, len(units), 2))
