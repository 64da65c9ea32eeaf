"""The addresses that gateways send exchanges to."""

from typing import TYPE_CHECKING

from starlette.datastructures import QueryParams

from excise.enforcement.gateways import Endpoint
from excise.enforcement.raw import body_of, headers_of, send_body
from excise.ingest.formats import Format
from excise.open_folder import members
from excise.service.capture import otlp
from excise.service.capture.client import Busy, Capture
from excise.service.capture.delivery import Delivery, Packing, Wire
from excise.service.capture.work import Answered, Asked, Captured
from excise.service.refusals import problem

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

_PROTOBUF = "application/x-protobuf"
_PACKINGS: dict[str, Packing] = {"": "", "identity": "", "gzip": "gzip", "x-gzip": "gzip", "zstd": "zstd"}
_LONGEST_SOURCE = 100
_MOST_BYTES = 2**40
"""The guard in front has counted already."""


def endpoints(capture: Capture) -> tuple[Endpoint, ...]:
    """Return the endpoints of capture."""
    formats = frozenset(members("excise.ingest.formats", Format))  # type: ignore[type-abstract]
    generic = _Receiver(capture, formats, chosen=None)
    litellm = _Receiver(capture, formats, chosen="litellm")
    return (
        Endpoint(path="/v1/exchanges", methods=("POST",), scope="capture", handler=generic, gives=Answered),
        Endpoint(path="/v1/litellm", methods=("POST",), scope="capture", handler=litellm, gives=Answered),
        Endpoint(
            path="/v1/logs",
            methods=("POST",),
            scope="capture",
            handler=_Otlp(capture),
        ),
        Endpoint(
            path="/v1/captured",
            methods=("POST",),
            scope="read",
            handler=_Known(capture),
            takes=Asked,
            gives=Captured,
        ),
    )


class _Receiver:
    """Takes records of a format: one, a JSON array, or one a line."""

    def __init__(
        self,
        capture: Capture,
        formats: frozenset[str],
        *,
        chosen: str | None,
    ) -> None:
        self._capture = capture
        self._formats = formats
        self._chosen = chosen

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        header = headers_of(scope)
        said = QueryParams(scope["query_string"]) if scope["query_string"] else {}

        def named(name: str) -> str | None:
            return said.get(name) or header(f"x-excise-{name}")

        format_name = self._chosen or named("format") or ""
        if format_name and format_name not in self._formats:
            known = ", ".join(sorted(self._formats))
            text = f"there is no such format; one of: {known}. Without one the records show it"
            await send_body(send, 400, problem(text, "unknown_format"))
            return
        source = named("source") or format_name
        if len(source) > _LONGEST_SOURCE:
            text = f"source: at most {_LONGEST_SOURCE} characters name where records come from"
            await send_body(send, 400, problem(text, "bad_source"))
            return
        packing = _PACKINGS.get((header("content-encoding") or "").strip().lower())
        if packing is None:
            await send_body(send, 415, problem("content-encoding: gzip, zstd or none", "bad_encoding"))
            return
        body = await body_of(receive, most_bytes=_MOST_BYTES)
        delivery = Delivery(0, Wire.RECORDS, format_name, source, packing, body)
        try:
            reply = await self._capture.deliver(delivery)
        except Busy as busy:
            code = "overloaded" if busy.overload else "starting"
            # Not 429: there are senders (LiteLLM's webhook) that send again what failed, and throw away
            # what was refused.
            await send_body(send, 503, problem(str(busy), code), _after(busy.retry_after_s))
            return
        await send_body(send, reply.status, reply.body, _after(reply.retry_after_s))


class _Otlp:
    """Takes logs of OpenTelemetry over HTTP, as protobuf and as JSON."""

    source = "otel_genai"

    def __init__(self, capture: Capture) -> None:
        self._capture = capture

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        header = headers_of(scope)
        media = (header("content-type") or "").partition(";")[0].strip().lower()
        wire = Wire.OTLP_PROTOBUF if media == _PROTOBUF else Wire.OTLP_JSON
        kind = _PROTOBUF if wire is Wire.OTLP_PROTOBUF else "application/json"
        packing = _PACKINGS.get((header("content-encoding") or "").strip().lower())
        if packing is None or media not in (_PROTOBUF, "application/json"):
            text = "send application/x-protobuf or application/json, plain or as gzip"
            await send_body(send, 415, otlp.failure(text, wire, again=False), media_type=kind)
            return
        body = await body_of(receive, most_bytes=_MOST_BYTES)
        try:
            reply = await self._capture.deliver(Delivery(0, wire, self.source, self.source, packing, body))
        except Busy as busy:
            failed = otlp.failure(str(busy), wire, again=True)
            await send_body(send, 503, failed, _after(busy.retry_after_s), media_type=kind)
            return
        await send_body(send, reply.status, reply.body, _after(reply.retry_after_s), media_type=kind)


class _Known:
    """Says which exchanges were captured of late: ``excise doctor`` asks it about what it sent."""

    def __init__(self, capture: Capture) -> None:
        self._capture = capture

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:  # noqa: ARG002 - ASGI's
        body = await body_of(receive, most_bytes=_MOST_BYTES)
        try:
            reply = await self._capture.deliver(Delivery(0, Wire.ASKED, "", "", "", body))
        except Busy as busy:
            await send_body(send, 503, problem(str(busy), "busy"), _after(busy.retry_after_s))
            return
        await send_body(send, reply.status, reply.body)


def _after(retry_after_s: float | None) -> tuple[tuple[str, str], ...]:
    return () if retry_after_s is None else (("retry-after", str(max(1, round(retry_after_s)))),)
