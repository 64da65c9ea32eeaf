"""The table of endpoints as an OpenAPI document (version 3.1), and the plain page that names them."""

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import msgspec

from excise.enforcement.gateways import Endpoint
from excise.report.legible import legible
from excise.service.refusals import Problem

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

_REFUSALS = {
    "400": "it cannot be read",
    "401": "there is no token, or none that lives",
    "403": "the token may not do this",
    "408": "the body took too long to arrive",
    "413": "the body is too long",
    "415": "the body is packed, or of a kind, that is not taken",
    "429": "more than is taken; try again after Retry-After",
    "503": "not now; try again after Retry-After",
}
_SCHEMES = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "token": {"type": "apiKey", "in": "header", "name": "X-Excise-Token"},
    "key": {"type": "apiKey", "in": "header", "name": "X-Api-Key"},
}
_EVERY = ("GET", "POST")


def document(endpoints: Iterable[Endpoint], version: str) -> bytes:
    """Return the document of a table of endpoints."""
    table = tuple(endpoints)
    kinds = {kind for one in table for kind in (one.takes, one.gives) if kind is not None}
    ordered = [Problem, *sorted(kinds, key=lambda kind: (kind.__module__, kind.__qualname__))]
    schemas, components = msgspec.json.schema_components(ordered, ref_template="#/components/schemas/{name}")
    known = dict(zip(ordered, schemas, strict=True))
    paths: dict[str, dict[str, object]] = {}
    for one in table:
        path = re.sub(r"\{(\w+)(?::\w+)?\}", r"{\1}", one.path)
        for method in one.methods or _EVERY:
            paths.setdefault(path, {})[method.lower()] = _operation(one, method, known)
    return msgspec.json.encode(
        {
            "openapi": "3.1.0",
            "info": {"title": "Excise", "version": version},
            "paths": paths,
            "components": {"schemas": components, "securitySchemes": _SCHEMES},
        }
    )


def _operation(one: Endpoint, method: str, known: dict[type, dict[str, object]]) -> dict[str, object]:
    refusals = known[Problem]
    found: dict[str, object] = {
        "operationId": f"{method.lower()} {one.path}",
        "responses": {
            "200": _holding("done", None if one.gives is None else known[one.gives]),
            "default": _holding("as the gateway expects it", None),
        }
        | {status: _holding(text, refusals if one.path != "/v1/logs" else None)
           for status, text in _REFUSALS.items()},
    }  # fmt: skip
    if one.scope == "open":
        found["security"] = []
    else:
        found["security"] = [{name: []} for name in _SCHEMES]
        found["x-excise-scope"] = one.scope
    if names := re.findall(r"\{(\w+)(?::\w+)?\}", one.path):
        found["parameters"] = [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names
        ]
    if method != "GET":
        takes = {} if one.takes is None else known[one.takes]
        found["requestBody"] = {"required": True, "content": {"application/json": {"schema": takes}}}
    return found


def _holding(text: str, schema: dict[str, object] | None) -> dict[str, object]:
    if schema is None:
        return {"description": text}
    return {"description": text, "content": {"application/json": {"schema": schema}}}


def endpoints(table: Sequence[Endpoint], version: str) -> tuple[Endpoint, ...]:
    """Return the endpoints that describe a table of endpoints, themselves among it."""
    made: list[Endpoint] = []
    written: list[bytes] = []

    async def openapi(request: "Request") -> "Response":  # noqa: ARG001 - as Starlette calls it
        from starlette.responses import Response  # noqa: PLC0415 - of the extra

        return Response(written[0], media_type="application/json")

    async def page(request: "Request") -> "Response":  # noqa: ARG001 - as Starlette calls it
        from starlette.responses import Response  # noqa: PLC0415 - of the extra

        return Response(written[1], media_type="text/plain; charset=utf-8")

    made.append(Endpoint(path="/openapi.json", methods=("GET",), scope="open", handler=openapi))
    if not any(one.path == "/" for one in table):
        made.append(Endpoint(path="/", methods=("GET",), scope="open", handler=page))
    whole = [*table, *made]
    written += [document(whole, version), _page(whole, version)]
    return tuple(made)


def _page(table: Iterable[Endpoint], version: str) -> bytes:
    lines = [f"Excise {version}: what is where, and which scope a token needs", ""]
    for one in sorted(table, key=lambda one: one.path):
        methods = ", ".join(one.methods) or "any"
        lines.append(f"{one.scope:8} {methods:10} {legible(one.path)}")
    return "\n".join([*lines, ""]).encode()
