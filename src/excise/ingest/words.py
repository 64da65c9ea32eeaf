"""The words of a conversation, from the many shapes that logs write it in.

One reader for all formats: OpenAI chat messages, Anthropic content blocks, items of the responses API,
OpenTelemetry parts, Bedrock Converse blocks. What a part says becomes text: words as they are, tool calls as
``name arguments``, tool results as their text, anything else as its kind in brackets (``[image]``).
Signatures of thinking blocks are collected; the thinking itself is the model's, and is no part of a turn.

A log is hostile: a part of an unknown kind is passed over, a text that is no text is an ``Unreadable`` that
names where.
"""

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from excise.errors import Unreadable
from excise.ingest.exchange import Turn

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
    """Return the words of a list of messages, a single message, a text, or JSON text of either.

    Raises:
        Unreadable: something in it has a type that no source writes; the message says where.

    >>> conversation([{"role": "developer", "content": [{"type": "text", "text": "Be brief."}]}], "messages").turns
    (Turn(role='system', text='Be brief.'),)
    >>> conversation('[{"role": "user", "content": "Hi"}]', "messages").turns
    (Turn(role='user', text='Hi'),)
    >>> conversation([{"role": "user", "content": 5}], "messages")
    Traceback (most recent call last):
    excise.errors.Unreadable: messages[0].content: expected text or a list of parts, got int
    """
    messages = parsed(messages)
    if messages is None:
        return Words(())
    if isinstance(messages, str):
        return Words((Turn("user", messages),))
    if isinstance(messages, dict):
        messages = [messages] if messages else []
    if not isinstance(messages, list):
        raise Unreadable(f"{field}: expected a list of messages, got {type(messages).__name__}")
    turns: list[Turn] = []
    signatures: list[str] = []
    for index, message in enumerate(messages):
        turns.append(turn(message, f"{field}[{index}]", signatures))
    return Words(tuple(turns), tuple(signatures))


def turn(message: object, field: str, signatures: list[str]) -> Turn:
    """Return one message as a Turn, adding the signatures that it replays to ``signatures``."""
    if isinstance(message, str):
        return Turn("user", message)
    if not isinstance(message, dict):
        raise Unreadable(f"{field}: expected a message, got {type(message).__name__}")
    role = message.get("role")
    kind = message.get("type")
    if role is None:
        role = _ROLE_OF_ITEM.get(kind, "user") if isinstance(kind, str) else "user"
    if not isinstance(role, str):
        raise Unreadable(f"{field}.role: expected text, got {type(role).__name__}")
    pieces = list(_message_texts(message, field, signatures))
    return Turn(ROLES.get(role.lower(), "user"), "\n".join(pieces))


def parsed(value: object) -> object:
    """Return what JSON text holds; a value that is no JSON text, or text that is no JSON list or object,
    unchanged.

    Databases keep messages as JSON in a string.

    >>> parsed('{"a": 1}'), parsed("[not JSON]"), parsed(None)
    ({'a': 1}, '[not JSON]', None)
    """
    if isinstance(value, str):
        start = value.lstrip()[:1]
        if start in ("[", "{"):
            try:
                return msgspec.json.decode(value)
            except (msgspec.DecodeError, UnicodeError):
                return value
    return value


_ROLE_OF_ITEM = {
    "function_call": "assistant",
    "function_call_output": "tool",
    "custom_tool_call": "assistant",
    "custom_tool_call_output": "tool",
    "reasoning": "assistant",
    "output_text": "assistant",
}
# Parts whose text belongs to the model's thinking; what counts of them is the signature
_THINKING = {"thinking", "redacted_thinking", "reasoning", "reasoning_content", "reasoningContent"}


def _message_texts(message: dict[str, object], field: str, signatures: list[str]) -> Iterator[str]:
    kind = message.get("type")
    if kind in _THINKING or kind in _ROLE_OF_ITEM:
        yield from _part_texts(message, field, signatures)
        return
    for name in ("content", "parts"):
        if name in message:
            yield from texts(message[name], f"{field}.{name}", signatures)
    thinking = message.get("thinking_blocks")
    if isinstance(thinking, list):
        for block in thinking:
            if isinstance(block, dict):
                _sign(block, signatures)
    calls = message.get("tool_calls")
    if isinstance(calls, list):
        for index, call in enumerate(calls):
            if isinstance(call, dict):
                yield from _part_texts(call, f"{field}.tool_calls[{index}]", signatures)
    called = message.get("function_call")
    if isinstance(called, dict):
        yield _call(called)


def texts(content: object, field: str, signatures: list[str]) -> Iterator[str]:
    """Yield the texts of a message's content: a text, one part, or a list of parts.

    Raises:
        Unreadable: it is none of these.
    """
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
    kind = part.get("type")
    if kind in _THINKING or "reasoningContent" in part:
        _sign(part, signatures)
        return
    for name in ("text", "input_text", "output_text", "refusal"):
        value = part.get(name)
        if isinstance(value, str):
            yield value
            return
        if value is not None:
            raise Unreadable(f"{field}.{name}: expected text, got {type(value).__name__}")
    if (
        "function" in part
        or "arguments" in part
        or "input" in part
        or "toolUse" in part
        or kind == "tool_call"
    ):
        yield _call(part)
        return
    for name in ("content", "output", "response", "result", "toolResult", "json"):
        value = part.get(name)
        if value is not None:
            yield from _result_texts(value, f"{field}.{name}", signatures)
            return
    if isinstance(kind, str):
        yield f"[{kind[:40]}]"
    elif part:
        yield f"[{str(next(iter(part)))[:40]}]"


def _result_texts(value: object, field: str, signatures: list[str]) -> Iterator[str]:
    if isinstance(value, dict) and "content" in value:
        value = value["content"]
    if isinstance(value, (str, list)):
        yield from texts(value, field, signatures)
    else:
        yield msgspec.json.encode(value).decode()


def _call(part: dict[str, object]) -> str:
    inner = part.get("function") or part.get("toolUse")
    if isinstance(inner, dict):
        part = inner
    name = part.get("name")
    for field in ("arguments", "input", "args"):
        value = part.get(field)
        if value is not None:
            text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
            return f"{name} {text}" if isinstance(name, str) else text
    return name if isinstance(name, str) else "[tool_call]"


def _sign(block: dict[str, object], signatures: list[str]) -> None:
    inner = block.get("reasoningContent")
    if isinstance(inner, dict):
        block = inner
    inner = block.get("reasoningText")
    if isinstance(inner, dict):
        block = inner
    for name in ("signature", "encrypted_content", "data", "redactedContent"):
        value = block.get(name)
        if isinstance(value, str) and value:
            signatures.append(value)
            return
