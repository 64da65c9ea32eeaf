"""Requests and responses of OpenAI-compatible APIs, one pair a line, as a proxy of one's own logs them.

Bodies are those of chat and text completions, the responses API, or any other dialect that ``requests`` and
``replies`` read (Anthropic messages, Gemini); a response may be the chunks of a stream, as a list or as text.
These envelopes are read:

    {"request": BODY, "response": BODY, ...}           also request_body/response_body, and body/response
    {"request": {"url": ..., "headers": {...}, "body": BODY}, "response": {"status": 200, "body": BODY}, ...}
    {"custom_id": ..., "body": BODY, "response": {"status_code": 200, "body": BODY}}   a line of the batch
                                                       API's output, with the body of its input put beside it

Beside the bodies an envelope may say who and when, under the names that ``_Envelope`` lists. Where it has no
time, the reply's ``created`` is the start. Of headers only those in ``headers.Headers`` are decoded.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta, Struct

from excise.errors import Unreadable
from excise.ingest.exchange import Exchange
from excise.ingest.failures import error_class
from excise.ingest.fields import first, mapping, parsed, text_of
from excise.ingest.formats import Format
from excise.ingest.headers import Headers, headers_of
from excise.ingest.identities import identity, record_id_of
from excise.ingest.replies import Reply, reply_of, withheld
from excise.ingest.requests import Request, operation_of, request_of
from excise.ingest.times import after_s, epoch_s, near_s
from excise.ingest.typed import decoded

_Id = str | int | None
_Time = float | str | None
_Ms = Annotated[float, Meta(ge=0, le=1e9)] | None


class _Envelope(Struct, frozen=True, gc=False):
    # the bodies
    request: object = None
    request_body: object = None
    body: object = None
    response: object = None
    response_body: object = None
    error: object = None
    # which record: the first that is there
    id: _Id = None
    request_id: _Id = None
    custom_id: _Id = None
    # when it started and ended
    started_at: _Time = None
    start_time: _Time = None
    timestamp: _Time = None
    created_at: _Time = None
    request_created_at: _Time = None
    time: _Time = None
    ts: _Time = None
    ended_at: _Time = None
    end_time: _Time = None
    completed_at: _Time = None
    response_created_at: _Time = None
    duration_ms: _Ms = None
    latency_ms: _Ms = None
    delay_ms: _Ms = None
    time_to_first_token: _Ms = None
    # who
    api_key: _Id = None
    api_key_id: _Id = None
    api_key_hash: _Id = None
    key_id: _Id = None
    account_id: _Id = None
    account: _Id = None
    user_id: _Id = None
    user: _Id = None
    request_user_id: _Id = None
    team_id: _Id = None
    project_id: _Id = None
    organization_id: _Id = None
    org_id: _Id = None
    organization: _Id = None
    end_user: _Id = None
    end_user_id: _Id = None
    session_id: _Id = None
    conversation_id: _Id = None
    trace_id: _Id = None
    # from where, with what
    ip_address: str | None = None
    client_ip: str | None = None
    remote_addr: str | None = None
    ip: str | None = None
    user_agent: str | None = None
    ja4: str | None = None
    ja3: str | None = None
    headers: object = None
    # what
    model: str | None = None
    provider: str | None = None
    path: str | None = None
    url: str | None = None
    endpoint: str | None = None
    status: _Id = None
    status_code: _Id = None
    response_status: _Id = None
    cost_usd: float | None = None
    cost: float | None = None


_DECODER = msgspec.json.Decoder(_Envelope)


class OpenAI(Format):
    """Request and response bodies of OpenAI-compatible APIs, a pair a line."""

    account_field: ClassVar[str] = "user"

    @classmethod
    def recognizes(cls, record: Mapping[str, object]) -> bool:
        """Say whether a record holds the body of a request to a model, in an envelope of this format.

        >>> OpenAI.recognizes({"request": {"model": "m", "messages": []}, "response": None})
        True
        >>> OpenAI.recognizes({"request": {"method": "GET", "url": "/"}, "response": None})
        False
        """
        body, _ = _unwrapped(next((record[name] for name in _REQUESTS if record.get(name)), None))
        return "model" in body and any(name in body for name in ("messages", "input", "prompt", "contents"))

    def exchanges(self, line: bytes) -> Iterator[Exchange]:
        """Decode one pair of bodies.

        Raises:
            Unreadable: a field has the wrong type, no body is there, or nothing says when it was.
        """
        envelope = decoded(_DECODER, line)
        sent, http = _unwrapped(envelope.request or envelope.request_body or envelope.body)
        back = envelope.response if envelope.response is not None else envelope.response_body
        body, status = _response(back)
        if not sent and body is None and envelope.error is None:
            raise Unreadable("request: missing; a line holds the bodies of a request and its response")
        yield _exchange(
            envelope,
            line,
            request=request_of(sent, "request"),
            reply=reply_of(body, "response"),
            headers=headers_of(envelope.headers or http.get("headers"), "headers"),
            path=_path(envelope, http),
            status=status,
        )


def _exchange(
    envelope: _Envelope,
    line: bytes,
    *,
    request: Request,
    reply: Reply,
    headers: Headers,
    path: str | None,
    status: object,
) -> Exchange:
    e = envelope
    said_at = _moment(
        e.started_at,
        e.start_time,
        e.request_created_at,
        e.timestamp,
        e.created_at,
        e.time,
        e.ts,
        reply.created_at_s,
    )
    if said_at is None:
        raise Unreadable("timestamp: missing, and the response has no created; nothing says when it was")
    started_at_s = epoch_s(said_at, "timestamp")
    ended = _moment(e.ended_at, e.end_time, e.completed_at, e.response_created_at)
    ended_at_s = near_s(ended, started_at_s, "ended_at")
    duration_ms = first(e.duration_ms, e.latency_ms, e.delay_ms)
    if ended_at_s is None and duration_ms is not None:
        ended_at_s = after_s(started_at_s, duration_ms)
    code = _status(first(e.status_code, e.response_status, status, e.status))
    failure = mapping(e.error)
    said = failure.get("message") or text_of(e.error)
    error = reply.error or error_class(failure.get("type"), failure.get("code"), said)
    failed = error is not None or (code or 0) >= 400 or e.status in ("failure", "error", "failed")
    return Exchange(
        record_id=record_id_of(text_of(first(e.id, e.request_id, e.custom_id, reply.record_id)), line),
        started_at_s=started_at_s,
        ended_at_s=ended_at_s,
        first_token_at_s=after_s(started_at_s, e.time_to_first_token),
        api_key=_who(e.api_key, e.api_key_id, e.api_key_hash, e.key_id),
        user=_who(e.account_id, e.account, e.user_id, e.user, e.request_user_id),
        team=_who(e.team_id, e.project_id),
        organization=_who(e.organization_id, e.org_id, e.organization),
        end_user=_who(e.end_user, e.end_user_id, request.end_user, headers.end_user()),
        address=_who(e.ip_address, e.client_ip, e.remote_addr, e.ip),
        user_agent=_who(e.user_agent, headers.agent()),
        tls=_who(e.ja4, e.ja3, headers.tls()),
        session=_who(e.session_id, e.conversation_id, request.session, headers.session(), e.trace_id),
        operation=operation_of(path),
        provider=identity(e.provider),
        model=_who(e.model, request.model, reply.model),
        stream=request.stream,
        outcome="failure" if failed else "success",
        finish_reason=reply.finish_reason,
        error=(error or error_class(None, code, None) or "other") if failed else None,
        parameters=request.parameters,
        tokens_in=reply.tokens_in,
        tokens_out=reply.tokens_out,
        tokens_reasoning=reply.tokens_reasoning,
        tokens_cached=reply.tokens_cached,
        cost_usd=first(e.cost_usd, e.cost),
        turns=request.turns,
        reply=reply.text,
        signatures=request.signatures,
        redacted=not failed and withheld(request, reply, reply.tokens_out),
    )


_REQUESTS = ("request", "request_body", "body")


def _unwrapped(request: object) -> tuple[Mapping[str, object], Mapping[str, object]]:
    """The request's body, and the HTTP request around it where there is one."""
    request = mapping(parsed(request))
    if "body" in request and not any(name in request for name in ("messages", "input", "prompt")):
        return mapping(parsed(request["body"])), request
    return request, {}


def _response(response: object) -> tuple[object, object]:
    """The response's body, and its HTTP status where there is one."""
    around = mapping(response)
    if "body" in around and not any(name in around for name in ("choices", "output", "content")):
        return around["body"], first(around.get("status_code"), around.get("status"))
    return response, None


def _path(envelope: _Envelope, http: Mapping[str, object]) -> str | None:
    path = first(envelope.path, envelope.url, envelope.endpoint, http.get("url"), http.get("path"))
    return path if isinstance(path, str) else None


def _who(*values: str | int | None) -> str | None:
    return identity(text_of(first(*values)))


def _moment(*values: _Time) -> _Time:
    return next((value for value in values if value is not None and value != ""), None)


def _status(value: object) -> int | None:
    text = text_of(value)
    return int(text) if text is not None and len(text) == len("200") and text.isdecimal() else None
