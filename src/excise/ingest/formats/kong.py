"""Kong Gateway's http-log or file-log with the AI plugins' statistics: one JSON object a line.

Who and from where is the best of all formats (consumer, credential, address, headers). The plugin's ``ai``
part holds model and tokens with ``logging.log_statistics`` on, and the bodies with ``logging.log_payloads``
on. A line without an ``ai`` part is another service's traffic and is passed over. Of the request's headers
only those in ``headers.Headers`` are decoded.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta, Struct

from excise.errors import Unreadable
from excise.ingest.exchange import Exchange
from excise.ingest.failures import error_class
from excise.ingest.fields import first, mapping, parsed
from excise.ingest.formats import Format
from excise.ingest.headers import Headers
from excise.ingest.identities import identity, record_id_of
from excise.ingest.parameters import whole
from excise.ingest.replies import reply_of, withheld
from excise.ingest.requests import operation_of, request_of
from excise.ingest.times import after_s, epoch_s
from excise.ingest.typed import decoded

_Count = Annotated[float, Meta(ge=0, le=2**31 - 1)] | None
_Ms = Annotated[float, Meta(ge=-1e9, le=1e9)] | None


class _Request(Struct, frozen=True, gc=False):
    id: str | None = None
    uri: str | None = None
    headers: Headers = Headers()


class _Response(Struct, frozen=True, gc=False):
    status: int | None = None


class _Latencies(Struct, frozen=True, gc=False):
    request: _Ms = None


class _Consumer(Struct, frozen=True, gc=False):
    id: str | None = None
    username: str | None = None
    custom_id: str | None = None


class _Entity(Struct, frozen=True, gc=False):
    id: str | None = None
    consumer_id: str | None = None


class _Meta(Struct, frozen=True, gc=False):
    provider_name: str | None = None
    request_model: str | None = None
    response_model: str | None = None
    llm_latency: _Ms = None


class _Usage(Struct, frozen=True, gc=False):
    prompt_tokens: _Count = None
    completion_tokens: _Count = None
    time_to_first_token: _Ms = None
    cost: float | None = None


class _Payload(Struct, frozen=True, gc=False):
    request: object = None
    response: object = None


class _Plugin(Struct, frozen=True, gc=False):
    meta: _Meta = _Meta()
    usage: _Usage = _Usage()
    payload: _Payload = _Payload()


class _Record(Struct, frozen=True, gc=False):
    started_at: float | str | None = None
    request: _Request = _Request()
    response: _Response | None = None
    latencies: _Latencies = _Latencies()
    consumer: _Consumer | None = None
    authenticated_entity: _Entity | None = None
    client_ip: str | None = None
    workspace: str | None = None
    workspace_name: str | None = None
    ai: dict[str, _Plugin | None] | None = None


_DECODER = msgspec.json.Decoder(_Record)


class Kong(Format):
    """Kong Gateway http-log with ``ai`` statistics."""

    account_field: ClassVar[str] = "user"

    @classmethod
    def recognizes(cls, record: Mapping[str, object]) -> bool:
        """Say whether a record is a request that Kong proxied.

        >>> Kong.recognizes({"latencies": {}, "request": {}, "started_at": 1759708800000, "client_ip": "::1"})
        True
        """
        return "latencies" in record and "request" in record and "started_at" in record

    def exchanges(self, line: bytes) -> Iterator[Exchange]:
        """Decode one request; of a request that the AI plugins did not handle, none.

        Raises:
            Unreadable: a field has the wrong type, or there is no time.
        """
        record = decoded(_DECODER, line)
        parts = record.ai or {}
        plugin = parts.get("proxy") or next((part for part in parts.values() if part is not None), None)
        if plugin is None:
            return
        if record.started_at is None:
            raise Unreadable("started_at: missing; without it an exchange has no place in time")
        yield _exchange(record, plugin, epoch_s(record.started_at, "started_at"), line)


def _exchange(record: _Record, plugin: _Plugin, started_at_s: float, line: bytes) -> Exchange:
    request = request_of(mapping(parsed(plugin.payload.request)), "ai.payload.request")
    reply = reply_of(plugin.payload.response, "ai.payload.response")
    usage = plugin.usage
    headers = record.request.headers
    consumer = record.consumer or _Consumer()
    entity = record.authenticated_entity or _Entity()
    status = record.response.status if record.response is not None else None
    failed = (status or 0) >= 400
    tokens_out = first(whole(usage.completion_tokens), reply.tokens_out)
    return Exchange(
        record_id=record_id_of(record.request.id, line),
        started_at_s=started_at_s,
        ended_at_s=after_s(started_at_s, record.latencies.request),
        first_token_at_s=after_s(started_at_s, usage.time_to_first_token),
        api_key=identity(entity.id),
        user=identity(consumer.custom_id or consumer.username or consumer.id or entity.consumer_id),
        organization=identity(record.workspace_name or record.workspace),
        end_user=identity(headers.end_user() or request.end_user),
        address=identity(record.client_ip),
        user_agent=identity(headers.agent()),
        tls=identity(headers.tls()),
        session=identity(headers.session() or request.session),
        operation=operation_of(record.request.uri),
        provider=identity(plugin.meta.provider_name),
        model=identity(plugin.meta.request_model or request.model or plugin.meta.response_model),
        stream=request.stream,
        outcome="failure" if failed else "success",
        finish_reason=reply.finish_reason,
        error=(reply.error or error_class(None, status, None) or "other") if failed else None,
        parameters=request.parameters,
        tokens_in=first(whole(usage.prompt_tokens), reply.tokens_in),
        tokens_out=tokens_out,
        tokens_reasoning=reply.tokens_reasoning,
        tokens_cached=reply.tokens_cached,
        cost_usd=usage.cost,
        turns=request.turns,
        reply=reply.text,
        signatures=request.signatures,
        redacted=not failed and withheld(request, reply, tokens_out),
    )
