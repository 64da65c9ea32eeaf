"""Is it alive, is it ready: what whoever restarts it, and whoever sends to it, asks."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from excise.enforcement.gateways import Endpoint
from excise.service.metrics import Metrics

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response


class Alive(Struct, frozen=True):
    """The process answers."""

    status: str
    version: str


class Checked(Struct, frozen=True):
    """One thing that has to be in order; without, why not."""

    well: bool
    because: str = ""


class Ready(Struct, frozen=True):
    """Whether requests are taken, and what was looked at."""

    status: str
    checks: Mapping[str, Checked]


def endpoints(
    version: str, checks: Mapping[str, Callable[[], Checked]], metrics: Metrics
) -> tuple[Endpoint, ...]:
    """Return the endpoints of health and metrics.

    Args:
        version: of the program.
        checks: what has to be in order for the service to be ready, by name.
        metrics: what Prometheus reads; with a token that may read.
    """

    async def alive(request: "Request") -> "Response":  # noqa: ARG001 - as Starlette calls it
        return _json(Alive("ok", version))

    async def ready(request: "Request") -> "Response":  # noqa: ARG001 - as Starlette calls it
        found = {name: check() for name, check in checks.items()}
        well = all(one.well for one in found.values())
        return _json(Ready("ok" if well else "not ready", found), status=200 if well else 503)

    async def measured(request: "Request") -> "Response":  # noqa: ARG001 - as Starlette calls it
        from starlette.responses import Response  # noqa: PLC0415 - of the extra

        return Response(metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")

    return (
        Endpoint(path="/healthz", methods=("GET",), scope="open", handler=alive, gives=Alive),
        Endpoint(path="/readyz", methods=("GET",), scope="open", handler=ready, gives=Ready),
        Endpoint(path="/metrics", methods=("GET",), scope="read", handler=measured),
    )


def _json(record: Struct, *, status: int = 200) -> "Response":
    from starlette.responses import Response  # noqa: PLC0415 - of the extra

    return Response(msgspec.json.encode(record), status_code=status, media_type="application/json")
