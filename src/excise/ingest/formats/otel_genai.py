"""OpenTelemetry's GenAI telemetry as JSON lines: inference spans, and the log event that holds their details.

``gen_ai.*`` attributes are read by their present names and by those that came before (``gen_ai.system``,
``gen_ai.usage.prompt_tokens``, ``gen_ai.prompt``, span events with messages, numbered attributes), and so are
the names of OpenInference (``llm.*``). The conventions have no attribute for the account: it is ``user.id``,
``enduser.id`` or an attribute of one's own that a collector renames to one of these.

A span and its log event describe one call and have one record id, so whichever comes first counts. Spans of
agents, tools and workflows are passed over. A probability sampler's threshold (``ot=th:`` in the trace state)
is the sampling rate.
"""

from collections.abc import Iterator, Mapping
from typing import ClassVar

import msgspec

from excise.errors import Unreadable
from excise.ingest.exchange import Exchange
from excise.ingest.failures import error_class
from excise.ingest.fields import first, mapping, parsed, text_at, text_of
from excise.ingest.formats import Format
from excise.ingest.identities import identity, record_id_of
from excise.ingest.otlp import Event, Telemetry, telemetry
from excise.ingest.parameters import fraction, parameters
from excise.ingest.replies import Reply, count, reply_of
from excise.ingest.times import after_s, epoch_s, near_s
from excise.ingest.typed import decoded
from excise.ingest.words import Words, conversation

_LINE = msgspec.json.Decoder(dict[str, object])


class OtelGenAI(Format):
    """OpenTelemetry GenAI spans and log events."""

    account_field: ClassVar[str] = "user"

    @classmethod
    def recognizes(cls, record: Mapping[str, object]) -> bool:
        """Say whether a record is OTLP, or has attributes of the GenAI conventions.

        >>> OtelGenAI.recognizes({"attributes": {"gen_ai.operation.name": "chat"}, "time": "2025"})
        True
        """
        if any(
            name in record for name in ("resourceSpans", "resourceLogs", "resource_spans", "resource_logs")
        ):
            return True
        one = next(telemetry(record))
        return any(name.startswith(("gen_ai.", "llm.")) for name in one.attributes)

    def exchanges(self, line: bytes) -> Iterator[Exchange]:
        """Decode the spans and log events of one line; of what is no call of a model, none.

        Raises:
            Unreadable: an attribute has the wrong type, or a record has no time.
        """
        refused: list[str] = []
        seen = 0
        record = decoded(_LINE, line)
        for one in telemetry(record):
            seen += 1
            if _is_call(one.attributes):
                try:
                    yield _exchange(one, line, seen)
                except Unreadable as error:
                    refused.append(str(error))
        if refused:
            raise Unreadable(refused[0] if seen == 1 else f"{len(refused)} of {seen} records: {refused[0]}")


_CALLS = ("chat", "generate_content", "text_completion", "completion", "embeddings", "LLM", "EMBEDDING")
_MODELS = ("gen_ai.request.model", "gen_ai.response.model", "llm.model_name", "embedding.model_name")
_IN = (
    "gen_ai.usage.input_tokens",
    "gen_ai.usage.prompt_tokens",
    "llm.usage.prompt_tokens",
    "llm.token_count.prompt",
)
_OUT = (
    "gen_ai.usage.output_tokens",
    "gen_ai.usage.completion_tokens",
    "llm.usage.completion_tokens",
    "llm.token_count.completion",
)
_CACHED = (
    "gen_ai.usage.cache_read.input_tokens",
    "gen_ai.usage.cache_read_input_tokens",
    "gen_ai.usage.cached_tokens",
    "llm.token_count.prompt_details.cache_read",
)
_REASONING = (
    "gen_ai.usage.reasoning.output_tokens",
    "gen_ai.usage.reasoning_tokens",
    "llm.token_count.completion_details.reasoning",
)
_SAMPLER = (
    *("temperature", "top_p", "max_tokens", "seed", "reasoning_effort", "logprobs", "top_logprobs"),
    *("stop_sequences", "frequency_penalty", "presence_penalty"),
)


def _is_call(said: Mapping[str, object]) -> bool:
    operation = first(
        said.get("gen_ai.operation.name"), said.get("openinference.span.kind"), said.get("llm.request.type")
    )
    if operation is not None:
        return operation in _CALLS
    return any(name in said for name in _MODELS)


def _exchange(one: Telemetry, line: bytes, number: int) -> Exchange:
    said = one.attributes
    if not isinstance(one.started, (int, float, str)) or isinstance(one.started, bool):
        raise Unreadable("startTimeUnixNano: missing; without it an exchange has no place in time")
    started_at_s = epoch_s(one.started, "startTimeUnixNano")
    words = _asked(said, one.events)
    reply = _answered(said, one.events)
    tokens_out = _count(said, _OUT)
    error = error_class(
        said.get("error.type"), said.get("http.response.status_code"), said.get("exception.type")
    )
    failed = one.failed or error is not None
    waited_s = fraction(said.get("gen_ai.response.time_to_first_chunk"))
    ended = one.ended if isinstance(one.ended, (int, float, str)) else None
    name = text_at(said, "gen_ai.operation.name", "llm.request.type") or "chat"
    stream = first(said.get("gen_ai.request.stream"), said.get("llm.is_streaming"))
    return Exchange(
        record_id=record_id_of(one.span or text_at(said, "gen_ai.response.id"), b"%d:%b" % (number, line)),
        started_at_s=started_at_s,
        ended_at_s=near_s(ended, started_at_s, "endTimeUnixNano"),
        first_token_at_s=after_s(started_at_s, None if waited_s is None else waited_s * 1e3),
        api_key=_who(said, "api_key.id", "api_key.hash", "api_key"),
        user=_who(said, "user.id", "enduser.id", "account.id", "llm.user", "user_id"),
        team=_who(said, "team.id"),
        organization=_who(said, "organization.id", "tenant.id"),
        end_user=_who(said, "gen_ai.request.user", "gen_ai.openai.request.user"),
        address=_who(said, "client.address", "source.address", "client.socket.address", "net.sock.peer.addr"),
        user_agent=_who(said, "user_agent.original", "http.user_agent"),
        tls=_who(said, "tls.client.ja4", "tls.client.ja3"),
        session=_who(said, "gen_ai.conversation.id", "session.id"),
        operation={
            "embeddings": "embedding",
            "text_completion": "completion",
            "generate_content": "chat",
        }.get(name, name),
        provider=_who(said, "gen_ai.provider.name", "gen_ai.system", "llm.provider", "llm.system"),
        model=_who(said, *_MODELS),
        stream=stream if isinstance(stream, bool) else None,
        outcome="failure" if failed else "success",
        finish_reason=_reason(said) or reply.finish_reason,
        error=(error or "other") if failed else None,
        parameters=parameters(_sampler(said)),
        tokens_in=_count(said, _IN),
        tokens_out=tokens_out,
        tokens_reasoning=_count(said, _REASONING),
        tokens_cached=_count(said, _CACHED),
        turns=words.turns or None,
        reply=reply.text,
        signatures=words.signatures,
        redacted=not failed and (not words.turns or (reply.text is None and bool(tokens_out))),
        sampling_rate=_rate(one),
    )


def _who(said: Mapping[str, object], *names: str) -> str | None:
    return identity(first(*(text_of(said.get(name)) for name in names)))


def _count(said: Mapping[str, object], names: tuple[str, ...]) -> int | None:
    return next((count(said[name], name) for name in names if said.get(name) is not None), None)


def _reason(said: Mapping[str, object]) -> str | None:
    reasons = parsed(said.get("gen_ai.response.finish_reasons"))
    reason = reasons[0] if isinstance(reasons, list) and reasons else reasons
    return identity(reason[:200]) if isinstance(reason, str) else None


def _sampler(said: Mapping[str, object]) -> Mapping[str, object]:
    found = dict(mapping(parsed(said.get("llm.invocation_parameters"))))
    for name in _SAMPLER:
        value = said.get(f"gen_ai.request.{name}")
        if value is not None:
            found[name] = value
    renamed = {
        "n": said.get("gen_ai.request.choice.count"),
        "reasoning_effort": said.get("gen_ai.request.reasoning.level"),
        "response_format": said.get("gen_ai.output.type"),
        "tools": parsed(said.get("gen_ai.tool.definitions")),
    }
    return {**found, **{name: value for name, value in renamed.items() if value is not None}}


def _asked(said: Mapping[str, object], events: tuple[Event, ...]) -> Words:
    """The words of the request, wherever this version of the conventions put them."""
    parts: list[Words] = []
    told = said.get("gen_ai.system_instructions")
    if told is not None:
        parts.append(
            conversation([{"role": "system", "content": parsed(told)}], "gen_ai.system_instructions")
        )
    for name in ("gen_ai.input.messages", "gen_ai.prompt", "llm.prompts", "input.value"):
        value = said.get(name)
        if value is not None:
            parts.append(conversation(value, name))
            break
    else:
        numbered = _numbered(said, ("gen_ai.prompt.", "llm.input_messages.", "llm.prompts."))
        spoken = [message for event in events for message in _event_messages(event)]
        parts.append(conversation(numbered or spoken, "messages"))
    return Words(
        tuple(turn for part in parts for turn in part.turns),
        tuple(t for part in parts for t in part.signatures),
    )


def _event_messages(event: Event) -> Iterator[object]:
    for name in ("gen_ai.input.messages", "gen_ai.prompt"):
        value = parsed(event.attributes.get(name))
        if isinstance(value, list):
            yield from value
        elif value is not None:
            yield value
    if event.name in _MESSAGES:
        yield {"role": _MESSAGES[event.name], **event.attributes}


_MESSAGES = {
    "gen_ai.system.message": "system",
    "gen_ai.user.message": "user",
    "gen_ai.assistant.message": "assistant",
    "gen_ai.tool.message": "tool",
}


def _answered(said: Mapping[str, object], events: tuple[Event, ...]) -> Reply:
    names = ("gen_ai.output.messages", "gen_ai.completion", "output.value")
    for holder in (said, *(event.attributes for event in events)):
        for name in names:
            value = holder.get(name)
            if value is not None:
                inside = parsed(value)
                return reply_of(inside if isinstance(inside, list) else value, name)
    numbered = _numbered(said, ("gen_ai.completion.", "llm.output_messages."))
    if numbered:
        return reply_of({"choices": [{"message": numbered[0], **numbered[0]}]}, "completion")
    for event in events:
        if event.name == "gen_ai.choice":
            return reply_of(
                {"choices": [{**event.attributes, "message": parsed(event.attributes.get("message"))}]},
                event.name,
            )
    return Reply()


def _numbered(said: Mapping[str, object], prefixes: tuple[str, ...]) -> list[dict[str, object]]:
    """Messages that were taken apart into attributes, as in ``llm.input_messages.0.message.role``."""
    found: dict[int, dict[str, object]] = {}
    for name, value in said.items():
        prefix = next((prefix for prefix in prefixes if name.startswith(prefix)), None)
        if prefix is None:
            continue
        number, _, field = name.removeprefix(prefix).partition(".")
        if number.isdecimal() and len(number) < len("10000"):
            found.setdefault(int(number), {})[field.removeprefix("message.")] = value
    return [found[number] for number in sorted(found)]


def _rate(one: Telemetry) -> float:
    """The share of traces kept: 1 - threshold / 2**56 (OpenTelemetry, TraceState: Probability Sampling)."""
    for entry in (one.trace_state or "").split(","):
        key, _, value = entry.strip().partition("=")
        threshold = next((field[3:] for field in value.split(";") if field.startswith("th:")), None)
        if key == "ot" and threshold is not None and 0 < len(threshold) <= _THRESHOLD_DIGITS:
            digits = threshold.lower().ljust(_THRESHOLD_DIGITS, "0")
            return (_ALL_TRACES - int(digits, 16)) / _ALL_TRACES if set(digits) <= _HEX else 1.0
    rate = fraction(one.attributes.get("sampling.rate"))
    return rate if rate is not None and 0 < rate <= 1 else 1.0


_THRESHOLD_DIGITS = 14
_ALL_TRACES = 16**_THRESHOLD_DIGITS
_HEX = frozenset("0123456789abcdef")
