"""The reply of a model, from the body that its API returned: one reader for all dialects.

Read are chat and text completions, the responses API, Anthropic messages, Gemini, and Bedrock's Converse,
Nova, Titan, Llama, Mistral, Cohere and Jurassic bodies. A log may cut any part off, so every part may be
missing; of several choices the first is the reply.
"""

from collections.abc import Mapping

from msgspec import Struct

from excise.errors import Unreadable
from excise.ingest.failures import error_class
from excise.ingest.fields import mapping, parsed
from excise.ingest.identities import identity
from excise.ingest.parameters import fraction
from excise.ingest.requests import Request
from excise.ingest.streams import METRICS, assembled, events
from excise.ingest.times import epoch_s
from excise.ingest.words import turn


class Reply(Struct, frozen=True, kw_only=True, gc=False):
    """What a reply body says. Token counts and times are None where it does not say."""

    text: str | None = None
    finish_reason: str | None = None
    record_id: str | None = None
    model: str | None = None
    created_at_s: float | None = None
    error: str | None = None
    tokens_in: int | None = None
    tokens_out: int | None = None
    tokens_reasoning: int | None = None
    tokens_cached: int | None = None
    first_token_ms: float | None = None
    duration_ms: float | None = None


def reply_of(body: object, field: str) -> Reply:
    """Read a reply body: an object, the chunks of a stream, JSON or event-stream text of either, or a text.

    Raises:
        Unreadable: a part has a type that no API returns; the reason names it.

    >>> reply_of({"choices": [{"finish_reason": "stop", "message": {"content": "Four."}}]}, "response").text
    'Four.'
    >>> reply_of({"content": [{"type": "text", "text": "Four."}], "stop_reason": "end_turn"}, "response").text
    'Four.'
    >>> reply_of("Four.", "response").text, reply_of(None, "response").text
    ('Four.', None)
    """
    if isinstance(body, str):
        return _of_text(body, field)
    if isinstance(body, list):
        body = {"output": body} if _is_output(body) else assembled(body, field)
    if not body:
        return _NO_REPLY
    if not isinstance(body, dict):
        raise Unreadable(f"{field}: expected an object, got {type(body).__name__}")
    text, finish_reason = _said(body, field)
    usage = _mapping(body, ("usage", "usageMetadata", "meta"))
    usage = (
        {**usage, **mapping(usage.get("tokens") or usage.get("billed_units"))} if "meta" in body else usage
    )
    counted = usage or body
    metrics = mapping(body.get(METRICS)) or mapping(body.get("metrics"))
    failure = mapping(body.get("error"))
    return Reply(
        text=text,
        finish_reason=identity(finish_reason),
        record_id=_text(body, ("id", "responseId", "generation_id")),
        model=_text(body, ("model", "modelVersion")),
        created_at_s=_time(body.get("created") or body.get("created_at")),
        error=error_class(failure.get("type"), failure.get("code"), failure.get("message"))
        if failure
        else None,
        tokens_in=_count(counted, _IN, field),
        tokens_out=_count(counted, _OUT, field),
        tokens_reasoning=_detail(usage, _OUT_DETAILS, "reasoning_tokens", field),
        tokens_cached=_detail(usage, _IN_DETAILS, "cached_tokens", field),
        first_token_ms=_ms(metrics.get("firstByteLatency")),
        duration_ms=_ms(metrics.get("invocationLatency") or metrics.get("latencyMs")),
    )


def withheld(request: Request, reply: Reply, tokens_out: int | None) -> bool:
    """Say whether words of an exchange that went well were kept out of the log.

    >>> withheld(Request(), Reply(), 12)
    True
    """
    return request.turns is None or (reply.text is None and bool(tokens_out))


def count(value: object, field: str) -> int | None:
    """Return a count of tokens, None where there is none.

    Raises:
        Unreadable: it is no number from 0 to 2**31 - 1.

    >>> count(12.0, "usage.total"), count(None, "usage.total")
    (12, None)
    >>> count(-1, "usage.total")
    Traceback (most recent call last):
    excise.errors.Unreadable: usage.total: expected a count, got -1
    """
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise Unreadable(f"{field}: expected a count, got {type(value).__name__}")
    if not 0 <= value < 2**31:
        raise Unreadable(f"{field}: expected a count, got {str(value)[:20]}")
    return int(value)


_NO_REPLY = Reply()
_IN = (
    "prompt_tokens",
    "input_tokens",
    "inputTokens",
    "promptTokenCount",
    "inputTextTokenCount",
    "prompt_token_count",
)
_OUT = (
    "completion_tokens",
    "output_tokens",
    "outputTokens",
    "candidatesTokenCount",
    "generation_token_count",
    "totalOutputTextTokenCount",
)
_IN_DETAILS = ("prompt_tokens_details", "input_tokens_details")
_OUT_DETAILS = ("completion_tokens_details", "output_tokens_details")
_ELSEWHERE = {
    "reasoning_tokens": ("reasoning_tokens", "thoughtsTokenCount"),
    "cached_tokens": ("cache_read_input_tokens", "cacheReadInputTokens", "cachedContentTokenCount"),
}
_REASONS = ("finish_reason", "stop_reason", "stopReason", "finishReason", "completionReason")
_LISTS = ("choices", "candidates", "results", "generations", "outputs", "completions")
_TEXTS = ("text", "outputText", "generation", "completion", "output_text", "data")
_SPOKEN = ("content", "parts", "tool_calls", "function_call", "refusal")
# What a text that is JSON must hold to be a reply body: a model may be asked to answer in JSON
_OF_A_BODY = frozenset(("usage", "usageMetadata", "stop_reason", *_LISTS))


def _of_text(text: str, field: str) -> Reply:
    chunks = events(text)
    if chunks is not None:
        return reply_of(chunks, field)
    body = parsed(text)
    if isinstance(body, dict) and (_OF_A_BODY & body.keys() or body.get("role") == "assistant"):
        try:
            return reply_of(body, field)
        except Unreadable:
            return Reply(text=text)  # the model's own words, and shaped like a body by chance or on purpose
    return Reply(text=text)


def _is_output(items: list[object]) -> bool:
    """Whether a list holds messages or items of the responses API, and not chunks of a stream."""
    return any(
        isinstance(item, (dict, str))
        and (isinstance(item, str) or "role" in item or "parts" in item or item.get("type") in _ITEMS)
        for item in items
    )


_ITEMS = ("message", "function_call", "custom_tool_call", "reasoning", "text", "output_text")


def _said(body: Mapping[str, object], field: str) -> tuple[str | None, str | None]:
    """The text of the first choice and why it ended."""
    for name in _LISTS:
        value = body.get(name)
        if value is None:
            continue
        if not isinstance(value, list):
            raise Unreadable(f"{field}.{name}: expected a list, got {type(value).__name__}")
        return _choice(value[0], f"{field}.{name}[0]") if value else (None, None)
    output = body.get("output")
    if isinstance(output, list):
        turns = [turn(item, f"{field}.output[{index}]", []) for index, item in enumerate(output)]
        said = [one.text for one in turns if one is not None]
        if any(isinstance(item, dict) and "parts" in item for item in output):
            said = said[:1]  # OpenTelemetry: each message is a choice
        first = mapping(output[0]) if output else {}
        return "\n".join(said) if said else None, _text(body, ("status",)) or _text(first, _REASONS)
    if isinstance(output, dict):
        return _choice(output, f"{field}.output")[0], _text(body, _REASONS)
    if isinstance(output, str):
        return output, _text(body, _REASONS)
    return _choice(body, field)


def _choice(choice: object, field: str) -> tuple[str | None, str | None]:
    if not isinstance(choice, dict):
        raise Unreadable(f"{field}: expected an object, got {type(choice).__name__}")
    reason = _text(choice, _REASONS)
    for said, place in ((choice.get("message"), f"{field}.message"), (choice, field)):
        if isinstance(said, str):
            return said, reason
        if isinstance(said, dict) and any(said.get(name) is not None for name in _SPOKEN):
            content = said.get("content")
            inner = content if isinstance(content, dict) and "parts" in content else said
            one = turn({**inner, "role": "assistant", "type": None}, place, [])
            return one.text if one is not None else None, reason
    for name in _TEXTS:
        value = choice.get(name)
        if isinstance(value, dict):
            value = value.get("text")
        if isinstance(value, str):
            return value, reason
        if value is not None:
            raise Unreadable(f"{field}.{name}: expected text, got {type(value).__name__}")
    return None, reason


def _text(body: Mapping[str, object], names: tuple[str, ...]) -> str | None:
    for name in names:
        value = body.get(name)
        if isinstance(value, str) and value:
            return value[:200]
    return None


def _mapping(body: Mapping[str, object], names: tuple[str, ...]) -> Mapping[str, object]:
    return next((value for value in (mapping(body.get(name)) for name in names) if value), {})


def _count(usage: Mapping[str, object], names: tuple[str, ...], field: str) -> int | None:
    for name in names:
        value = usage.get(name)
        if value is not None:
            return count(value, f"{field}.usage.{name}")
    return None


def _detail(usage: Mapping[str, object], places: tuple[str, ...], detail: str, field: str) -> int | None:
    found = _count(_mapping(usage, places), (detail,), field)
    return found if found is not None else _count(usage, _ELSEWHERE[detail], field)


def _ms(value: object) -> float | None:
    number = fraction(value)
    return number if number is not None and number >= 0 else None


def _time(value: object) -> float | None:
    """A reply's own clock serves where the log has none, so a bad one is no reason to refuse the record."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        return epoch_s(value, "created")
    except Unreadable:
        return None
