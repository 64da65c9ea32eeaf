"""Gateways: one file a way for a gateway to ask, or to be told.

A member has settings as its fields, gives the HTTP endpoints through which a gateway asks, and may run
something beside the HTTP server: a server of another protocol, or pushes. Whoever serves mounts the endpoints
of all members, and checks for each the scope of the token that it requires.

A gateway that passes the customer's own ``Authorization`` and ``X-Api-Key`` on shows its own token in
``X-Excise-Token``; one that passes none may show it as ``Authorization: Bearer`` or as ``X-Api-Key``.
"""

from abc import ABC
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING, ClassVar, Literal

from msgspec import Struct

from excise.enforcement.desk import Desk
from excise.open_folder import members

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route
    from starlette.types import ASGIApp

TokenScope = Literal["capture", "decide", "read", "act", "open"]
"""What a token must be allowed to, to use an endpoint; ``open`` needs none."""


class Endpoint(Struct, frozen=True, kw_only=True):
    """One endpoint of the service.

    Attributes:
        path: as ``starlette.routing.Route`` has it.
        methods: of HTTP; none at all means every one.
        scope: what a token must be allowed to.
        handler: from request to response, or an ASGI application.
        name: of its metric; the path where it has none.
        takes, gives: the record that a request and a reply hold as JSON, for the OpenAPI document.
    """

    path: str
    methods: tuple[str, ...]
    scope: TokenScope
    handler: "Callable[[Request], Awaitable[Response]] | ASGIApp"
    name: str = ""
    takes: type | None = None
    gives: type | None = None

    def route(self) -> "Route":
        """Return it as Starlette mounts it."""
        from starlette.routing import Route  # noqa: PLC0415 - of the extra

        # An empty list is "every method"; None would be GET alone.
        return Route(self.path, self.handler, methods=list(self.methods), name=self.name or self.path)


class Gateway(ABC):
    """A way to ask, or to be told. Subclasses are frozen dataclasses; their fields are settings."""

    page: ClassVar[str]
    """Which page of the docs says how to set it up, such as ``gateways/nginx.md``."""

    def endpoints(self, desk: Desk) -> tuple[Endpoint, ...]:  # noqa: ARG002 - members use it
        """Return the endpoints through which a gateway asks; none by default."""
        return ()

    def beside(self, desk: Desk) -> AbstractAsyncContextManager[None]:  # noqa: ARG002 - members use it
        """Return what runs beside the HTTP server, from its start to its end; nothing by default."""
        return _nothing()


@asynccontextmanager
async def _nothing() -> AsyncIterator[None]:
    yield


def gateway_kinds() -> dict[str, type[Gateway]]:
    """Return the gateways by name.

    >>> "nginx" in gateway_kinds()
    True
    """
    return members("excise.enforcement.gateways", Gateway)
