"""The words of a conversation, from the many shapes that logs write it in.

One reader for all formats: OpenAI chat messages, Anthropic content blocks, items of the responses API,
OpenTelemetry parts, Bedrock Converse blocks, Gemini contents. What a part says becomes text: words as they
are, tool calls as ``name arguments``, tool results as their text, anything else as its kind in brackets
(``[image]``). Signatures of thinking blocks are collected; the thinking itself is the model's and is no part
of a turn.

A log is hostile: a part of an unknown kind is passed over, and a text that is no text is an ``Unreadable``
that says where.
"""

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from excise.errors import Unreadable
from excise.ingest.exchange import Turn
from excise.ingest.fields import parsed, text_at

ROLES = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "human": "user",
    "assistant": "assistant",
    "ai": "assistant",
    "bot": "assistant",
    "model": "assistant",
    "chatbot": "assistant",
    "tool": "tool",
    "function": "tool",
    "ipython": "tool",
}
"""The role of a Turn for each role that a log may name; any other is a user."""


class Words(NamedTuple):
    """What a conversation holds: its turns in order, and the signatures of replayed reasoning."""

    turns: tuple[Turn, ...]
    signatures: tuple[str, ...] = ()


def conversation(messages: object, field: str) -> Words:
    """Return the words of a list of messages, one message, a text, or JSON text of messages.

    A text that is JSON but holds no messages (a prompt may be any JSON) is a text.

    Raises:
        Unreadable: something in it has a type that no source writes; the message says where.

    >>> conversation([{"role": "developer", "content": [{"type": "text", "text": "Be brief."}]}], "m").turns
    (Turn(role='system', text='Be brief.'),)
    >>> conversation('[{"role": "user", "content": "Hi"}]', "messages").turns
    (Turn(role='user', text='Hi'),)
    >>> conversation("[1, 2, 3]", "messages").turns
    (Turn(role='user', text='[1, 2, 3]'),)
    >>> conversation([{"role": "user", "content": 5}], "messages")
    Traceback (most recent call last):
    excise.errors.Unreadable: messages[0].content: expected text or a list of parts, got int
    """
    if isinstance(messages, str):
        inside = parsed(messages)
        if inside in ({}, []):  # how a database writes that it keeps none
            return _NO_WORDS
        if not _is_conversation(inside):
            return Words((Turn("user", messages),) if messages else ())
        messages = inside
    if messages is None:
        return _NO_WORDS
    if isinstance(messages, dict):
        messages = [messages] if messages else []
    if not isinstance(messages, list):
        raise Unreadable(f"{field}: expected a list of messages, got {type(messages).__name__}")
    turns: list[Turn] = []
    signatures: list[str] = []
    for index, message in enumerate(messages):
        said = turn(message, f"{field}[{index}]", signatures)
        if said is not None:
            turns.append(said)
    return Words(tuple(turns), tuple(signatures))


def turn(message: object, field: str, signatures: list[str]) -> Turn | None:
    """Return one message as a Turn; None where it is nothing but thinking.

    The signatures that it replays are added to ``signatures``.

    Raises:
        Unreadable: it is no message.
    """
    if isinstance(message, str):
        return Turn("user", message)
    if not isinstance(message, dict):
        raise Unreadable(f"{field}: expected a message, got {type(message).__name__}")
    kind = text_at(message, "type")
    if kind in _THINKING:
        _sign(message, signatures)
        return None
    role = message.get("role")
    if role is None:
        role = _ROLE_OF_ITEM.get(kind, "user") if kind else "user"
    if not isinstance(role, str):
        raise Unreadable(f"{field}.role: expected text, got {type(role).__name__}")
    kept = "tool" if _only_results(message.get("content")) else ROLES.get(role.lower(), "user")
    return Turn(kept, "\n".join(_message_texts(message, field, signatures)))


_NO_WORDS = Words(())
_ROLE_OF_ITEM = {
    "function_call": "assistant",
    "custom_tool_call": "assistant",
    "function_call_output": "tool",
    "custom_tool_call_output": "tool",
    "output_text": "assistant",
}
# Parts that hold the model's thinking; what counts of them is the signature
_THINKING = frozenset({"thinking", "redacted_thinking", "reasoning", "reasoning_content"})
_NO_WORDS_IN = frozenset(
    (
        *("image", "image_url", "input_image", "audio", "input_audio", "video", "media"),
        *("blob", "uri", "file", "input_file", "document"),
    )
)


def _only_results(content: object) -> bool:
    """Whether a message only hands tool results back, as Anthropic and Converse do in a user's message."""
    return (
        isinstance(content, list)
        and bool(content)
        and all(isinstance(part, dict) and _IS_RESULT & {text_at(part, "type"), *part} for part in content)
    )


_IS_RESULT = frozenset(("tool_result", "toolResult", "functionResponse", "tool_call_response"))


def _is_conversation(value: object) -> bool:
    if isinstance(value, dict):
        value = [value]
    return isinstance(value, list) and all(
        isinstance(message, dict) and ("role" in message or "content" in message or "parts" in message)
        for message in value
    )


def _message_texts(message: dict[str, object], field: str, signatures: list[str]) -> Iterator[str]:
    if text_at(message, "type") in _ROLE_OF_ITEM:
        yield from _part_texts(message, field, signatures)
        return
    for name in ("content", "parts"):
        if name in message:
            yield from _texts(message[name], f"{field}.{name}", signatures)
    blocks = message.get("thinking_blocks")
    for block in blocks if isinstance(blocks, list) else ():
        if isinstance(block, dict):
            _sign(block, signatures)
    calls = message.get("tool_calls")
    for index, call in enumerate(calls if isinstance(calls, list) else ()):
        if isinstance(call, dict):
            yield from _part_texts(call, f"{field}.tool_calls[{index}]", signatures)
    called = message.get("function_call")
    if isinstance(called, dict):
        yield _call(called)


def _texts(content: object, field: str, signatures: list[str]) -> Iterator[str]:
    """Yield the texts of a message's content: a text, one part, or a list of parts."""
    if content is None:
        return
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict):
        yield from _part_texts(content, field, signatures)
    elif isinstance(content, list):
        for index, part in enumerate(content):
            if isinstance(part, str):
                yield part
            elif isinstance(part, dict):
                yield from _part_texts(part, f"{field}[{index}]", signatures)
            elif part is not None:
                raise Unreadable(f"{field}[{index}]: expected a part, got {type(part).__name__}")
    else:
        raise Unreadable(f"{field}: expected text or a list of parts, got {type(content).__name__}")


def _part_texts(part: dict[str, object], field: str, signatures: list[str]) -> Iterator[str]:
    kind = text_at(part, "type")
    if kind in _THINKING or "reasoningContent" in part:
        _sign(part, signatures)
        return
    if kind in _NO_WORDS_IN:
        yield f"[{kind}]"
        return
    for name in ("text", "refusal"):
        value = part.get(name)
        if isinstance(value, str):
            yield value
            return
        if value is not None:
            raise Unreadable(f"{field}.{name}: expected text, got {type(value).__name__}")
    if kind == "tool_call" or any(name in part for name in ("function", "arguments", "input", *_CALLS)):
        yield _call(part)
        return
    for name in ("content", "output", "response", "result", "toolResult", "functionResponse", "json"):
        value = part.get(name)
        if value is not None:
            yield from _result_texts(value, f"{field}.{name}", signatures)
            return
    if kind:
        yield f"[{kind[:40]}]"
    elif part:
        yield f"[{next(iter(part))[:40]}]"


def _result_texts(value: object, field: str, signatures: list[str]) -> Iterator[str]:
    if isinstance(value, dict) and "content" in value:
        value = value["content"]
    if isinstance(value, (str, list)):
        yield from _texts(value, field, signatures)
    else:
        yield msgspec.json.encode(value).decode()


_CALLS = ("toolUse", "functionCall")


def _call(part: dict[str, object]) -> str:
    inner = next((part[name] for name in ("function", *_CALLS) if name in part), part)
    part = inner if isinstance(inner, dict) else part
    name = part.get("name")
    for field in ("arguments", "input", "args"):
        value = part.get(field)
        if value is not None:
            text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
            return f"{name} {text}" if isinstance(name, str) else text
    return name if isinstance(name, str) else "[tool_call]"


def _sign(block: dict[str, object], signatures: list[str]) -> None:
    for wrapper in ("reasoningContent", "reasoningText"):
        inner = block.get(wrapper)
        block = inner if isinstance(inner, dict) else block
    for name in ("signature", "encrypted_content", "data", "redactedContent"):
        value = block.get(name)
        if isinstance(value, str) and value:
            signatures.append(value)
            return
