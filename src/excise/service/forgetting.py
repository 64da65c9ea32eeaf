"""An account leaves the journal, the spool and the store, while the service runs."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta, Struct

from excise.enforcement.gateways import Endpoint
from excise.ingest.identities import identity
from excise.service.journal.forgotten import Forgotten
from excise.service.logs import log
from excise.service.refusals import problem

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

_Name = Annotated[str, Meta(min_length=1, max_length=512)]


class Wished(Struct, frozen=True, forbid_unknown_fields=True):
    """Whose exchanges until now are to be forgotten."""

    accounts: Annotated[tuple[_Name, ...], Meta(min_length=1, max_length=1_000)]


class Taken(Struct, frozen=True):
    """How many accounts: the words are gone within seconds, the observations with the next turn."""

    accounts: int


def names_of(accounts: tuple[str, ...]) -> frozenset[str]:
    """Return the names that accounts go by: as the provider knows them, and as they are kept.

    >>> sorted(names_of(("ann",)))
    ['ann']
    """
    return frozenset(name for account in accounts for name in (account, identity(account)) if name)


def endpoint(forgotten: Forgotten, clock: Callable[[], float]) -> Endpoint:
    """Return the endpoint that forgets.

    Args:
        forgotten: where it is written down.
        clock: epoch seconds.
    """

    async def forget(request: "Request") -> "Response":
        from starlette.responses import Response  # noqa: PLC0415 - of the extra

        body = await request.body()
        try:
            wished = msgspec.json.decode(body, type=Wished)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            text = "nested too deeply" if isinstance(error, RecursionError) else str(error)
            return Response(problem(text, "unreadable"), 400, media_type="application/json")
        await asyncio.to_thread(forgotten.add, names_of(wished.accounts), now_s=clock())
        log("forgotten", count=len(wished.accounts))
        return Response(msgspec.json.encode(Taken(len(wished.accounts))), 202, media_type="application/json")

    return Endpoint(
        path="/v1/forget", methods=("POST",), scope="act", handler=forget, takes=Wished, gives=Taken
    )
