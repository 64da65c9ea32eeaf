"""A proxy of one's own asks, with the headers of a request that it holds: it goes on, or it does not."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from excise.enforcement.desk import Desk
from excise.enforcement.passing import headers_for_upstream
from excise.enforcement.raw import headers_of, peer_of, send_body
from excise.enforcement.refusals import Refusal

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send


class AskedByProxy:
    """Answers 200 and the headers that go on with a request, or as the proxy takes a refusal.

    Args:
        desk: decides.
        refuse: sends a refusal in the form that the proxy understands.
    """

    def __init__(self, desk: Desk, refuse: "Callable[[Send, Refusal], Awaitable[None]]") -> None:
        self._desk = desk
        self._refuse = refuse
        self._identity = desk.identity.behind_a_proxy()

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:  # noqa: ARG002 - ASGI's
        """Answer one question, as ASGI has it."""
        answer = self._desk.decide(self._identity.caller(headers_of(scope), peer=peer_of(scope)))
        if answer.refused:
            await self._refuse(send, self._desk.refusal(answer))
        else:
            await send_body(send, 200, b"", headers_for_upstream(answer))
