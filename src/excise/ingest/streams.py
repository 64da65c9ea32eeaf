"""A reply that was streamed, put together again from the chunks that the log kept.

Whatever the dialect, a chunk says one of three things: more text, why the reply ended, what was counted. Read
are the chunks of OpenAI chat and text completions and of the responses API, of Anthropic messages, Converse
and Nova, Titan, Llama, Mistral, Cohere and Gemini; as a list, or as the text of a server-sent event stream.
"""

from collections.abc import Iterator, Mapping

import msgspec

from excise.errors import Unreadable
from excise.ingest.fields import mapping, sequence

METRICS = "amazon-bedrock-invocationMetrics"
"""What Bedrock adds to the last chunk: token counts and latencies."""


def assembled(chunks: list[object], field: str) -> dict[str, object]:
    """Put chunks together to the body that the reply would have been without streaming.

    Text deltas of the first choice are joined, counts are the last that were said. The result is what
    ``replies.reply_of`` reads.

    Raises:
        Unreadable: a chunk is no object.

    >>> assembled([{"choices": [{"delta": {"content": text}}]} for text in ("Fo", "ur.")], "r")
    {'content': 'Four.', 'usage': {}}
    >>> assembled([{"type": "content_block_delta", "delta": {"text": "Four."}},
    ...            {"type": "message_delta", "delta": {"stop_reason": "end_turn"}}], "r")
    {'content': 'Four.', 'usage': {}, 'stop_reason': 'end_turn'}
    """
    texts: list[str] = []
    usage: dict[str, object] = {}
    body: dict[str, object] = {}
    for index, chunk in enumerate(chunks):
        if not isinstance(chunk, dict):
            raise Unreadable(f"{field}[{index}]: expected a chunk, got {type(chunk).__name__}")
        whole = chunk.get("response")
        if chunk.get("type") in _COMPLETE and isinstance(whole, dict):
            return whole
        for said in (chunk, *_inside(chunk)):
            texts.extend(_deltas(said))
            for name in _REASONS:
                if isinstance(said.get(name), str):
                    body["stop_reason"] = said[name]
        for name in ("id", "model", "responseId", "modelVersion"):
            value = chunk.get(name) or mapping(chunk.get("message")).get(name)
            if isinstance(value, str):
                body.setdefault(name, value)
        usage.update(_counted(chunk))
        if isinstance(chunk.get(METRICS), dict):
            body[METRICS] = chunk[METRICS]
    return {"content": "".join(texts), "usage": usage, **body}


def events(text: str) -> list[object] | None:
    r"""Return the chunks of a server-sent event stream, None where a text is none.

    >>> events('data: {"a": 1}\n\ndata: [DONE]\n')
    [{'a': 1}]
    >>> events("Four.") is None
    True
    """
    if not text.lstrip().startswith(("data:", "event:", ": ")):
        return None
    found: list[object] = []
    for line in text.splitlines():
        payload = line.removeprefix("data:").strip() if line.startswith("data:") else ""
        if payload.startswith("{"):
            try:
                found.append(msgspec.json.decode(payload))
            except (msgspec.DecodeError, UnicodeError, RecursionError):
                continue  # the last event of a stream that was cut off
    return found or None


_COMPLETE = ("response.completed", "response.incomplete", "response.failed")
_REASONS = ("finish_reason", "stop_reason", "stopReason", "finishReason", "completionReason")


def _inside(chunk: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    """The objects in a chunk that may hold a delta or a reason: a choice, a Converse event, a message."""
    for name in ("choices", "candidates", "outputs", "generations"):
        choices = chunk.get(name)
        if isinstance(choices, list):
            first = next((c for c in choices if isinstance(c, dict) and not c.get("index")), None)
            if first is not None:
                yield first
    for name in ("contentBlockDelta", "messageStop", "content_block"):
        inner = chunk.get(name)
        if isinstance(inner, dict):
            yield inner
    delta = chunk.get("delta")
    if (
        isinstance(delta, dict) and "type" in chunk
    ):  # without a type, the chunk itself is what holds the delta
        yield delta


def _deltas(said: Mapping[str, object]) -> Iterator[str]:
    kind = said.get("type")
    delta = said.get("delta")
    if isinstance(delta, str) and kind in ("response.output_text.delta", "response.refusal.delta"):
        yield delta
    elif isinstance(delta, dict) and kind is None and "tool_calls" in delta:
        for call in sequence(delta["tool_calls"]):
            yield from _call_texts(mapping(mapping(call).get("function")))
    for name in ("content", "text", "outputText", "generation", "completion", "partial_json"):
        for holder in (delta if kind is None else None, said if kind in _SPEAKING else None):
            value = mapping(holder).get(name)
            if isinstance(value, str):
                yield value
    if kind == "tool_use" and isinstance(said.get("name"), str):
        yield f"{said['name']} "
    tool = mapping(mapping(delta).get("toolUse")).get("input")
    if isinstance(tool, str):
        yield tool
    for part in sequence(mapping(said.get("content")).get("parts")):
        text = mapping(part).get("text")
        if isinstance(text, str):
            yield text


_SPEAKING = (None, "text_delta", "input_json_delta", "completion", "text-generation")


def _call_texts(function: Mapping[str, object]) -> Iterator[str]:
    name, arguments = function.get("name"), function.get("arguments")
    if isinstance(name, str):
        yield f"{name} "
    if isinstance(arguments, str):
        yield arguments


def _counted(chunk: Mapping[str, object]) -> Mapping[str, object]:
    found: dict[str, object] = {}
    for holder in (chunk, mapping(chunk.get("message")), mapping(chunk.get("metadata"))):
        for name in ("usage", "usageMetadata"):
            found.update({k: v for k, v in mapping(holder.get(name)).items() if v is not None})
    metrics = mapping(chunk.get(METRICS))
    for ours, theirs in (("inputTokens", "inputTokenCount"), ("outputTokens", "outputTokenCount")):
        if metrics.get(theirs) is not None:
            found[ours] = metrics[theirs]
    return found
