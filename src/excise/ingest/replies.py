"""The reply of a model, from the body that its API returned: one reader for all dialects.

Read are chat and text completions, the responses API, Anthropic messages, Gemini, and Bedrock's Converse,
Nova, Titan, Llama, Mistral, Cohere and Jurassic bodies. A log may cut any part off, so every part may be
missing; of several choices the first is the reply.
"""

from collections.abc import Mapping

from msgspec import Struct

from excise.errors import Unreadable
from excise.ingest.words import parsed, turn


class Reply(Struct, frozen=True, kw_only=True):
    """What a reply body says. Token counts are None where it does not count."""

    text: str | None = None
    finish_reason: str | None = None
    record_id: str | None = None
    model: str | None = None
    tokens_in: int | None = None
    tokens_out: int | None = None
    tokens_reasoning: int | None = None
    tokens_cached: int | None = None


def reply_of(body: object, field: str) -> Reply:
    """Read a reply body: a decoded JSON object, JSON text of one, a bare text, or None.

    Raises:
        Unreadable: a part has a type that no API returns; the message names it.

    >>> reply_of({"choices": [{"finish_reason": "stop", "message": {"content": "Four."}}]}, "response").text
    'Four.'
    >>> reply_of({"content": [{"type": "text", "text": "Four."}], "stop_reason": "end_turn"}, "response").finish_reason
    'end_turn'
    >>> reply_of(None, "response").text is None
    True
    """
    body = parsed(body)
    if body is None:
        return _NO_REPLY
    if isinstance(body, str):
        return Reply(text=body)
    if isinstance(body, list):
        body = {"output": body}
    if not isinstance(body, dict):
        raise Unreadable(f"{field}: expected an object, got {type(body).__name__}")
    if not body:
        return _NO_REPLY
    text, finish_reason = _said(body, field)
    usage = _mapping(body, ("usage", "usageMetadata"))
    return Reply(
        text=text,
        finish_reason=finish_reason,
        record_id=_text(body, ("id", "responseId")),
        model=_text(body, ("model", "modelVersion")),
        tokens_in=_count(usage, _IN, field) if usage else _count(body, _IN, field),
        tokens_out=_count(usage, _OUT, field) if usage else _count(body, _OUT, field),
        tokens_reasoning=_detail(usage, _OUT_DETAILS, "reasoning_tokens", field)
        or _count(usage, ("reasoning_tokens", "thoughtsTokenCount"), field),
        tokens_cached=_detail(usage, _IN_DETAILS, "cached_tokens", field) or _count(usage, _CACHED, field),
    )


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
        raise Unreadable(f"{field}: expected a count, got {value:.6g}")
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
)
_CACHED = (
    "cache_read_input_tokens",
    "cacheReadInputTokens",
    "cacheReadInputTokenCount",
    "cachedContentTokenCount",
)
_IN_DETAILS = ("prompt_tokens_details", "input_tokens_details")
_OUT_DETAILS = ("completion_tokens_details", "output_tokens_details")


def _said(body: Mapping[str, object], field: str) -> tuple[str | None, str | None]:
    """The text of the first choice and why it ended."""
    for name in ("choices", "candidates", "results", "generations", "outputs", "completions"):
        value = body.get(name)
        if value is None:
            continue
        if not isinstance(value, list):
            raise Unreadable(f"{field}.{name}: expected a list, got {type(value).__name__}")
        if value:
            return _choice(value[0], f"{field}.{name}[0]")
        return None, None
    output = body.get("output")
    if isinstance(output, list):
        said = [turn(item, f"{field}.output[{i}]", []).text for i, item in enumerate(output) if _speaks(item)]
        return ("\n".join(said) if output else None), _text(body, ("status",))
    if isinstance(output, dict):
        return _choice(output, f"{field}.output")[0], _text(body, _REASONS)
    return _choice(body, field)


_REASONS = (
    "finish_reason",
    "stop_reason",
    "stopReason",
    "finishReason",
    "completionReason",
    "finish_reason_text",
)


def _choice(choice: object, field: str) -> tuple[str | None, str | None]:
    if not isinstance(choice, dict):
        raise Unreadable(f"{field}: expected an object, got {type(choice).__name__}")
    reason = _text(choice, _REASONS)
    message = choice.get("message")
    if isinstance(message, dict) and any(message.get(name) is not None for name in _SPOKEN):
        return turn(message, f"{field}.message", []).text, reason
    if isinstance(choice.get("content"), (str, list, dict)):
        return turn(choice, field, []).text, reason
    for name in ("text", "outputText", "generation", "completion", "output_text", "data"):
        value = choice.get(name)
        if isinstance(value, dict):
            value = value.get("text")
        if isinstance(value, str):
            return value, reason
        if value is not None:
            raise Unreadable(f"{field}.{name}: expected text, got {type(value).__name__}")
    return None, reason


_SPOKEN = ("content", "parts", "tool_calls", "function_call", "refusal")


def _speaks(item: object) -> bool:
    return not (isinstance(item, dict) and item.get("type") == "reasoning")


def _text(body: Mapping[str, object], names: tuple[str, ...]) -> str | None:
    for name in names:
        value = body.get(name)
        if isinstance(value, str) and value:
            return value[:200]
    return None


def _mapping(body: Mapping[str, object], names: tuple[str, ...]) -> Mapping[str, object]:
    for name in names:
        value = body.get(name)
        if isinstance(value, dict):
            return value
    return {}


def _count(usage: Mapping[str, object], names: tuple[str, ...], field: str) -> int | None:
    for name in names:
        value = usage.get(name)
        if value is not None:
            return count(value, f"{field}.usage.{name}")
    return None


def _detail(usage: Mapping[str, object], names: tuple[str, ...], detail: str, field: str) -> int | None:
    return _count(_mapping(usage, names), (detail,), field)
