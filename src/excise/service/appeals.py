"""Where refused callers appeal. All get the same answer, so that nobody learns which references hold."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from excise.casework.policy import Policy
from excise.casework.refusals import StateUnreachable
from excise.enforcement.gateways import Endpoint
from excise.enforcement.references import NoReference, References
from excise.service.refusals import problem

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from excise.casework.state import State

_MOST_BYTES = 32 * 1024


class Appealed(Struct, frozen=True, forbid_unknown_fields=True):
    """An appeal: the reference from the refusal, what there is to say, and where an answer reaches one."""

    reference: str
    text: str
    contact: str | None = None


class Received(Struct, frozen=True):
    """What everybody is answered."""

    status: str = "received"


def endpoint(
    state: "State", references: References, policy: Callable[[], Policy], clock: Callable[[], float]
) -> Endpoint:
    """Return the endpoint of appeals.

    Args:
        state: where appeals go.
        references: reads what refusals gave out.
        policy: how many are taken, and who is told.
        clock: epoch seconds.
    """

    def receive(said: Appealed) -> None:
        try:
            decision = references.read(said.reference[:500]).decision
        except NoReference:
            return
        state.appeals.receive(decision, said.text, contact=said.contact, policy=policy(), now_s=clock())

    async def appeal(request: "Request") -> "Response":
        from starlette.responses import Response  # noqa: PLC0415 - of the extra

        body = await request.body()
        if len(body) > _MOST_BYTES:
            text = f"an appeal has at most {_MOST_BYTES:,} bytes"
            return Response(problem(text, "too_long"), 413, media_type="application/json")
        try:
            said = msgspec.json.decode(body, type=Appealed)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            text = "nested too deeply" if isinstance(error, RecursionError) else str(error)
            return Response(problem(text, "unreadable"), 400, media_type="application/json")
        try:
            await asyncio.to_thread(receive, said)
        except StateUnreachable:
            text = "this cannot be kept just now; try again"
            return Response(
                problem(text, "try_again"), 503, headers={"retry-after": "10"}, media_type="application/json"
            )
        return Response(msgspec.json.encode(Received()), 202, media_type="application/json")

    return Endpoint(
        path="/v1/appeals", methods=("POST",), scope="open", handler=appeal, takes=Appealed, gives=Received
    )
