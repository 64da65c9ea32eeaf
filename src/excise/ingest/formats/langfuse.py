"""Langfuse observations: exports as JSON lines or one JSON array, and pages of its API (``{"data": [...]}``).

Both spellings are read, that of the API (``startTime``) and that of the database and the blob exports
(``start_time``). Only generations are exchanges; spans and events are passed over. Langfuse is told what it
knows by the application, so the caller's address is there only where the application put it into
``metadata``.
"""

import re
from collections.abc import Iterator, Mapping
from typing import ClassVar

import msgspec
from msgspec import Struct

from excise.errors import Unreadable
from excise.ingest.exchange import Exchange
from excise.ingest.failures import error_class
from excise.ingest.fields import first, mapping, parsed, text_at
from excise.ingest.formats import Format
from excise.ingest.identities import identity, record_id_of
from excise.ingest.parameters import fraction, parameters
from excise.ingest.replies import count, reply_of, withheld
from excise.ingest.requests import Request, request_of
from excise.ingest.times import epoch_s, near_s
from excise.ingest.typed import converted, decoded
from excise.ingest.words import conversation

_Time = float | str | None


class _Observation(Struct, frozen=True, gc=False):
    id: str | None = None
    type: str | None = None
    trace_id: str | None = None
    session_id: str | None = None
    user_id: str | None = None
    project_id: str | None = None
    start_time: _Time = None
    end_time: _Time = None
    completion_start_time: _Time = None
    model: str | None = None
    provided_model_name: str | None = None
    model_parameters: object = None
    input: object = None
    output: object = None
    metadata: object = None
    level: str | None = None
    status_message: str | None = None
    usage: object = None
    usage_details: object = None
    provided_usage_details: object = None
    cost_details: object = None
    total_cost: object = None
    calculated_total_cost: object = None


_LINE = msgspec.json.Decoder(dict[str, object])


class Langfuse(Format):
    """Langfuse observations export."""

    account_field: ClassVar[str] = "user"

    @classmethod
    def recognizes(cls, record: Mapping[str, object]) -> bool:
        """Say whether a record is an observation, or a page of them.

        >>> Langfuse.recognizes({"id": "o", "traceId": "t", "type": "GENERATION", "startTime": "2025-10-06"})
        True
        """
        page = record.get("data")
        if isinstance(page, list) and page:
            return cls.recognizes(mapping(page[0]))
        return record.get("type") in _TYPES and ("traceId" in record or "trace_id" in record)

    def exchanges(self, line: bytes) -> Iterator[Exchange]:
        """Decode one observation, or a page of them; of what is no generation, none.

        Raises:
            Unreadable: a field has the wrong type, or there is no time.
        """
        record = decoded(_LINE, line)
        page = record.get("data")
        if not isinstance(page, list):
            yield from _exchanges(record, line, "")
            return
        refused: list[str] = []
        for index, one in enumerate(page):
            try:
                yield from _exchanges(one, msgspec.json.encode(one), f"data[{index}]")
            except Unreadable as error:
                refused.append(str(error))
        if refused:
            raise Unreadable(f"{len(refused)} of {len(page)} observations: {refused[0]}")


_TYPES = (
    "GENERATION",
    "SPAN",
    "EVENT",
    "AGENT",
    "TOOL",
    "CHAIN",
    "RETRIEVER",
    "EVALUATOR",
    "EMBEDDING",
    "GUARDRAIL",
)
_CALLS = ("GENERATION", "EMBEDDING")
_CAMEL = re.compile(r"(?<=[a-z])([A-Z])")
_MASKED = ("<masked>", "[masked]", "***", "<redacted>", "[redacted]", "redacted")


def _exchanges(found: object, line: bytes, place: str) -> Iterator[Exchange]:
    if not isinstance(found, dict):
        raise Unreadable(f"{place or 'record'}: expected an observation, got {type(found).__name__}")
    # the API's spelling becomes the database's
    spelled = {_CAMEL.sub(r"_\1", name).lower(): value for name, value in found.items()}
    observation = converted(spelled, _Observation, place)
    if observation.type not in _CALLS:
        return
    if observation.start_time is None:
        raise Unreadable(
            f"{place}.startTime: missing; without it an exchange has no place in time".lstrip(".")
        )
    yield _exchange(observation, epoch_s(observation.start_time, "startTime"), line)


def _exchange(observation: _Observation, started_at_s: float, line: bytes) -> Exchange:
    o = observation
    given = parsed(o.input)
    body = mapping(given)
    if "messages" in body or "contents" in body:
        request = request_of(body, "input")
    else:
        words = conversation(o.input, "input")
        request = Request(turns=words.turns or None, signatures=words.signatures)
    reply = reply_of(o.output, "output")
    asked = mapping(parsed(o.model_parameters))
    metadata = mapping(parsed(o.metadata))
    metadata = {**metadata, **mapping(metadata.get("attributes"))}
    usage = _usage(o)
    failed = o.level == "ERROR"
    tokens_out = first(count(first(*map(usage.get, _OUT)), "usage.output"), reply.tokens_out)
    masked = _is_masked(o.input) or _is_masked(o.output)
    return Exchange(
        record_id=record_id_of(o.id, line),
        started_at_s=started_at_s,
        ended_at_s=near_s(o.end_time, started_at_s, "endTime"),
        first_token_at_s=near_s(o.completion_start_time, started_at_s, "completionStartTime"),
        api_key=identity(text_at(metadata, "api_key_id", "user_api_key_hash")),
        user=identity(
            o.user_id or text_at(metadata, "user_id", "userId", "account_id", "user_api_key_user_id")
        ),
        team=identity(o.project_id),
        organization=identity(text_at(metadata, "organization_id", "org_id", "tenant_id")),
        end_user=identity(text_at(metadata, "end_user", "end_user_id", "user_api_key_end_user_id")),
        address=identity(
            text_at(metadata, "client_ip", "ip_address", "ip", "requester_ip_address", "client.address")
        ),
        user_agent=identity(text_at(metadata, "user_agent", "user-agent", "user_agent.original")),
        tls=identity(text_at(metadata, "ja4", "ja3")),
        session=identity(o.session_id or o.trace_id),
        operation="embedding" if o.type == "EMBEDDING" else "chat",
        provider=identity(text_at(metadata, "provider", "custom_llm_provider", "ls_provider")),
        model=identity(o.provided_model_name or o.model or request.model or reply.model),
        stream=True if o.completion_start_time is not None else request.stream,
        outcome="failure" if failed else "success",
        finish_reason=reply.finish_reason,
        error=error_class(None, None, o.status_message or "unsaid") if failed else None,
        parameters=parameters(asked) if asked else request.parameters,
        tokens_in=first(count(first(*map(usage.get, _IN)), "usage.input"), reply.tokens_in),
        tokens_out=tokens_out,
        tokens_reasoning=first(count(usage.get("output_reasoning_tokens"), "usage"), reply.tokens_reasoning),
        tokens_cached=first(
            count(first(*map(usage.get, ("input_cached_tokens", "cache_read_input_tokens"))), "usage"),
            reply.tokens_cached,
        ),
        cost_usd=_cost(o),
        turns=None if masked else request.turns,
        reply=None if masked else reply.text,
        signatures=request.signatures,
        redacted=masked or (not failed and withheld(request, reply, tokens_out)),
    )


_IN = ("input", "prompt_tokens", "promptTokens", "input_tokens")
_OUT = ("output", "completion_tokens", "completionTokens", "output_tokens")


def _usage(o: _Observation) -> Mapping[str, object]:
    for found in (o.usage_details, o.provided_usage_details, o.usage):
        usage = mapping(parsed(found))
        if usage:
            return usage
    return {}


def _cost(o: _Observation) -> float | None:
    costs = mapping(parsed(o.cost_details))
    return fraction(first(o.total_cost, o.calculated_total_cost, costs.get("total")))


def _is_masked(value: object) -> bool:
    """Langfuse's masking function puts what it likes in place of words; these are the usual things."""
    return isinstance(value, str) and value.strip().lower() in _MASKED
