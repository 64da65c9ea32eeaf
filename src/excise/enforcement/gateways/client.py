"""``client``: the table itself, whole and then by what changed, for desks in other processes."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from excise.enforcement.desk import Desk
from excise.enforcement.gateways import Endpoint, Gateway
from excise.enforcement.wire import MEDIA_TYPE, Head, written

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

_LOOK_EVERY_S = 0.05


@dataclass(frozen=True)
class ClientLibrary(Gateway):
    """Serves the table to ``excise.enforcement.client``: the middleware, LiteLLM's callback, your own code.

    Args:
        longest_wait_s: how long a request may wait for something to change.
    """

    longest_wait_s: float = 30.0

    page: ClassVar[str] = "gateways/client.md"

    def endpoints(self, desk: Desk) -> tuple[Endpoint, ...]:
        """Return the endpoint."""

        async def effects(request: "Request") -> "Response":
            return await self._effects(desk, request)

        return (Endpoint(path="/v1/effects", methods=("GET",), scope="decide", handler=effects),)

    async def _effects(self, desk: Desk, request: "Request") -> "Response":
        from starlette.responses import JSONResponse, StreamingResponse  # noqa: PLC0415 - of the extra

        try:
            after = int(request.query_params.get("after", "-1"))
            wait_s = min(float(request.query_params.get("wait_s", "0")), self.longest_wait_s)
        except ValueError:
            said = {"error": {"message": "after is a sequence number, wait_s seconds", "code": "unreadable"}}
            return JSONResponse(said, status_code=400)
        waited_s = 0.0
        while desk.table.filled and desk.sequence == after and waited_s < wait_s:
            await asyncio.sleep(_LOOK_EVERY_S)
            waited_s += _LOOK_EVERY_S
        if not desk.table.filled:
            said = {"error": {"message": "the decisions are not loaded yet", "code": "not_ready"}}
            return JSONResponse(said, status_code=503, headers={"retry-after": "1"})
        key = desk.references.key if desk.references is not None else None
        changes = desk.since(after)
        if changes is None:
            # The number first: what changes while the table is written is sent again, and does no harm.
            head = Head(sequence=desk.sequence, whole=True, reference_key=key)
            pieces = written(head, desk.table.effects())
        else:
            head = Head(sequence=changes.sequence, whole=False, reference_key=key)
            pieces = written(head, changes.effects, changes.lifted)
        return StreamingResponse(_in_turn(pieces), media_type=MEDIA_TYPE)


async def _in_turn(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Yield pieces, and let other requests go between them."""
    for piece in pieces:
        yield piece
        await asyncio.sleep(0)
