"""LiteLLM: the StandardLoggingPayload of its callbacks, and rows of LiteLLM_SpendLogs.

The first is what its webhook, S3, GCS and file loggers write, the second its database. Both are one JSON
object a line. In rows of the database ``messages``, ``response``, ``metadata`` and ``proxy_server_request``
may be JSON in a string, and the words may stand in ``proxy_server_request`` alone. Raw headers
(``secret_fields``) are never decoded; of the custom headers only the TLS fingerprint is.

Most lines hold plain messages and a plain reply: those are decoded in one typed pass. A line that holds more
(tool calls, parts, signatures, JSON in strings) fails that pass and is decoded again the long way.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta, Struct

from excise.errors import Unreadable
from excise.ingest.exchange import Exchange, Parameters, Turn
from excise.ingest.failures import error_class
from excise.ingest.fields import mapping, parsed, sequence, text_of
from excise.ingest.formats import Format
from excise.ingest.headers import Headers
from excise.ingest.identities import identity, record_id_of
from excise.ingest.parameters import alternatives, fraction, parameters, stops, whole
from excise.ingest.replies import reply_of
from excise.ingest.requests import request_of
from excise.ingest.times import epoch_s, near_s
from excise.ingest.typed import converted, decoded
from excise.ingest.words import ROLES, Words, conversation

REDACTED = "redacted-by-litellm"
"""What LiteLLM writes in place of words where message logging is off or a client opted out."""

_Count = Annotated[float, Meta(ge=0, le=2**31 - 1)] | None
_Money = Annotated[float, Meta(ge=-1e9, le=1e9)] | None
_Time = float | str | None


class _Details(Struct, gc=False):
    reasoning_tokens: _Count = None
    cached_tokens: _Count = None


class _Usage(Struct, gc=False):
    completion_tokens_details: _Details | None = None
    prompt_tokens_details: _Details | None = None
    cache_read_input_tokens: _Count = None


class _Metadata(Struct, gc=False):
    user_api_key_hash: str | None = None
    user_api_key: str | None = None
    user_api_key_user_id: str | None = None
    user_api_key_team_id: str | None = None
    user_api_key_org_id: str | None = None
    user_api_key_end_user_id: object = None
    requester_ip_address: str | None = None
    requester_custom_headers: Headers | None = None
    user_agent: str | None = None
    usage_object: _Usage | None = None


class _Error(Struct, gc=False):
    error_class: object = None
    error_code: object = None
    error_message: object = None


class _Row(Struct, gc=False, kw_only=True):
    """What both ways read alike."""

    startTime: _Time = None  # noqa: N815 - the source's own name
    endTime: _Time = None  # noqa: N815
    completionStartTime: _Time = None  # noqa: N815
    id: str | None = None
    request_id: str | None = None
    trace_id: object = (
        None  # what a caller may set is read, whatever it is: a bad one must not hide the record
    )
    session_id: object = None
    call_type: str | None = None
    stream: bool | None = None
    status: str | None = None
    custom_llm_provider: str | None = None
    model: str | None = None
    model_group: str | None = None
    prompt_tokens: _Count = None
    completion_tokens: _Count = None
    response_cost: _Money = None
    spend: _Money = None
    api_key: str | None = None
    user: str | None = None
    team_id: str | None = None
    organization_id: str | None = None
    end_user: object = None
    requester_ip_address: str | None = None
    request_tags: object = None
    error_str: str | None = None
    error_information: _Error | None = None


class _PlainSaid(Struct, gc=False, forbid_unknown_fields=True):
    temperature: float | None = None
    top_p: float | None = None
    n: int | None = None
    max_tokens: int | None = None
    logprobs: bool | None = None
    top_logprobs: int | None = None
    stop: list[str] | str | None = None
    stream: bool | None = None


class _PlainMessage(Struct, gc=False, forbid_unknown_fields=True):
    content: str
    role: str | None = None


class _PlainChoice(Struct, gc=False):
    message: _PlainMessage
    finish_reason: str | None = None


class _PlainReply(Struct, gc=False):
    choices: list[_PlainChoice]
    usage: _Usage | None = None


class _PlainRow(_Row, gc=False, kw_only=True):
    messages: tuple[Turn, ...]
    response: _PlainReply | None
    model_parameters: _PlainSaid
    metadata: _Metadata


class _LongRow(_Row, gc=False, kw_only=True):
    messages: object = None
    response: object = None
    model_parameters: object = None
    metadata: object = None
    proxy_server_request: object = None


_PLAIN = msgspec.json.Decoder(_PlainRow)
_LONG = msgspec.json.Decoder(_LongRow)


class LiteLLM(Format):
    """StandardLoggingPayload and LiteLLM_SpendLogs rows."""

    account_field: ClassVar[str] = "user"

    @classmethod
    def recognizes(cls, record: Mapping[str, object]) -> bool:
        """Say whether a record has LiteLLM's clock and call type.

        >>> LiteLLM.recognizes({"id": "x", "call_type": "acompletion", "startTime": 1759708800.0})
        True
        """
        return "startTime" in record and ("call_type" in record or "custom_llm_provider" in record)

    def exchanges(self, line: bytes) -> Iterator[Exchange]:
        """Decode one payload or row.

        Raises:
            Unreadable: a field has the wrong type, or there is no start time.
        """
        try:
            row = _PLAIN.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            yield _long(line)
            return
        yield _plain(row, line)


def _plain(row: _PlainRow, line: bytes) -> Exchange:
    turns = row.messages
    for said in turns:
        if said.role not in _KEPT_ROLES:
            turns = tuple(Turn(ROLES.get(said.role.lower(), "user"), said.text) for said in turns)
            break
    asked = row.model_parameters
    response = row.response
    choice = response.choices[0] if response is not None and response.choices else None
    return _exchange(
        row,
        line,
        metadata=row.metadata,
        usage=(response.usage if response is not None else None) or row.metadata.usage_object,
        asked=Parameters(
            temperature=asked.temperature and fraction(asked.temperature),
            top_p=asked.top_p and fraction(asked.top_p),
            n=asked.n and whole(asked.n),
            max_tokens=asked.max_tokens and whole(asked.max_tokens),
            logprobs=None
            if asked.logprobs is None and asked.top_logprobs is None
            else alternatives(asked.logprobs, asked.top_logprobs),
            stops=stops(asked.stop) if asked.stop else 0,
        ),
        stream=asked.stream,
        turns=turns,
        signatures=(),
        reply=choice.message.content if choice is not None else None,
        finish_reason=choice.finish_reason if choice is not None else None,
    )


def _long(line: bytes) -> Exchange:
    row = decoded(_LONG, line)
    metadata = converted(parsed(row.metadata) or {}, _Metadata, "metadata")
    asked = mapping(parsed(row.model_parameters))
    sent = mapping(parsed(row.proxy_server_request))
    request = request_of(mapping(parsed(sent.get("body"))) or sent, "proxy_server_request")
    words = conversation(row.messages, "messages")
    if not words.turns:
        words = Words(request.turns or (), request.signatures)
    response = parsed(row.response) or None
    reply = reply_of(response, "response")
    usage = mapping(mapping(response).get("usage"))
    stream = asked.get("stream")
    return _exchange(
        row,
        line,
        metadata=metadata,
        usage=converted(usage, _Usage, "response.usage") if usage else metadata.usage_object,
        asked=parameters(asked) if asked else request.parameters,
        stream=stream if isinstance(stream, bool) else request.stream,
        turns=words.turns,
        signatures=words.signatures,
        reply=reply.text,
        finish_reason=reply.finish_reason,
    )


def _exchange(
    row: _Row,
    line: bytes,
    *,
    metadata: _Metadata,
    usage: _Usage | None,
    asked: Parameters,
    stream: bool | None,
    turns: tuple[Turn, ...] | None,
    signatures: tuple[str, ...],
    reply: str | None,
    finish_reason: str | None,
) -> Exchange:
    if row.startTime is None:
        raise Unreadable("startTime: missing; without it an exchange has no place in time")
    started_at_s = epoch_s(row.startTime, "startTime")
    record_id = row.id or row.request_id
    session = text_of(row.session_id) or text_of(row.trace_id)
    failed = row.status == "failure" or (
        not row.status and (row.error_str or row.error_information) is not None
    )
    tokens_out = row.completion_tokens
    withheld = False
    if not turns or (turns[0].text == REDACTED and all(said.text == REDACTED for said in turns)):
        turns, withheld = None, not failed
    if reply is None or reply == REDACTED:
        reply, withheld = None, withheld or bool(not failed and tokens_out)
    headers = metadata.requester_custom_headers
    error = row.error_information
    return Exchange(
        record_id=record_id_of(record_id, line),
        started_at_s=started_at_s,
        ended_at_s=near_s(row.endTime, started_at_s, "endTime"),
        first_token_at_s=near_s(row.completionStartTime, started_at_s, "completionStartTime"),
        api_key=identity(metadata.user_api_key_hash or row.api_key or metadata.user_api_key),
        user=identity(metadata.user_api_key_user_id or row.user),
        team=identity(metadata.user_api_key_team_id or row.team_id),
        organization=identity(metadata.user_api_key_org_id or row.organization_id),
        end_user=identity(text_of(row.end_user) or text_of(metadata.user_api_key_end_user_id)),
        address=identity(metadata.requester_ip_address or row.requester_ip_address),
        user_agent=identity(metadata.user_agent or _tagged_agent(row.request_tags)),
        tls=identity(headers.tls()) if headers is not None else None,
        session=identity(session) if session != record_id else None,
        operation=OPERATIONS.get(row.call_type) or identity(row.call_type) if row.call_type else None,
        provider=identity(row.custom_llm_provider),
        model=identity(row.model_group or row.model),
        stream=row.stream if row.stream is not None else stream,
        outcome="failure" if failed else "success",
        finish_reason=identity(finish_reason),
        error=error_class(
            error and error.error_class,
            error and error.error_code,
            row.error_str or (error and error.error_message),
        )
        if failed
        else None,
        parameters=asked,
        tokens_in=None if row.prompt_tokens is None else int(row.prompt_tokens),
        tokens_out=None if tokens_out is None else int(tokens_out),
        tokens_reasoning=None
        if usage is None
        else _tokens(usage.completion_tokens_details, "reasoning_tokens"),
        tokens_cached=None
        if usage is None
        else _whole(usage.cache_read_input_tokens) or _tokens(usage.prompt_tokens_details, "cached_tokens"),
        cost_usd=row.response_cost if row.response_cost is not None else row.spend,
        turns=turns,
        reply=reply,
        signatures=signatures,
        truncated=_CUT_INSIDE in line or (reply is not None and reply.endswith(_CUT_AT_END)) or _cut(turns),
        redacted=withheld,
    )


OPERATIONS = {
    "acompletion": "chat",
    "completion": "chat",
    "anthropic_messages": "chat",
    "atext_completion": "completion",
    "text_completion": "completion",
    "aresponses": "responses",
    "responses": "responses",
    "aembedding": "embedding",
    "embedding": "embedding",
}
"""The operation of each call type; any other stays as LiteLLM names it."""

_KEPT_ROLES = frozenset(ROLES.values())
_CUT_INSIDE = b"litellm_truncated"
_CUT_AT_END = "...truncated by litellm, this logger does not support large content"


def _cut(turns: tuple[Turn, ...] | None) -> bool:
    return any(said.text.endswith(_CUT_AT_END) for said in turns or ())


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)


def _tokens(details: _Details | None, name: Literal["reasoning_tokens", "cached_tokens"]) -> int | None:
    return None if details is None else _whole(getattr(details, name))


def _tagged_agent(tags: object) -> str | None:
    """Take the longest of the tags that LiteLLM makes of a user agent: ``litellm``, ``litellm/1.48``."""
    named = [
        tag[len(_AGENT) :]
        for tag in sequence(parsed(tags))
        if isinstance(tag, str) and tag.startswith(_AGENT)
    ]
    return max(named, key=len, default=None)


_AGENT = "User-Agent: "
