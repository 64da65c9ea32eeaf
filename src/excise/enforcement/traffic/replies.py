r"""Replies to degraded callers say less: log-probabilities and reasoning are empty, also as they stream.

The dialects of OpenAI (chat, text completions, responses) and Anthropic are covered: fields are emptied where
they stand, so that a client that looks for them finds them empty. Reasoning between ``<think>`` and
``</think>`` in the words themselves is taken out as it streams by, also where a tag is split between two
tokens. What is not changed passes byte for byte, and nothing is held back but the beginning of what may
become a tag.
"""

import json
from collections.abc import Callable

from excise.casework.decision import Degradation

_LOGPROBS = frozenset({"logprobs", "prompt_logprobs", "top_logprobs", "token_logprobs"})
_REASONING = frozenset({"reasoning_content", "reasoning", "reasoning_details", "reasoning_text", "thinking"})
_TRACES = frozenset({"reasoning", "thinking", "thinking_delta", "reasoning_text", "summary_text"})
"""Types of content whose texts are reasoning."""

_TRACE_FIELDS = ("text", "thinking", "summary", "content", "delta")
_THEIRS = frozenset({"metadata", "arguments", "input", "tools", "parsed", "usage"})
"""What holds the customer's own names, or counts: nothing in it is the server's words."""

_OPEN, _CLOSE = "<think>", "</think>"
_END = b"\n"


class Edit:
    """Empties what a degraded caller does not get, in one reply. A stream's tags are followed by choice.

    >>> edit = Edit(Degradation())
    >>> edit.whole(b'{"choices":[{"logprobs":{"a":1},"message":{"content":"<think>so</think>Four."}}]}')
    b'{"choices":[{"logprobs":null,"message":{"content":"Four."}}]}'
    """

    def __init__(self, degradation: Degradation) -> None:
        self._logprobs = degradation.strip_logprobs
        self._reasoning = degradation.hide_reasoning
        self._tags: dict[object, Tags] = {}
        self._held = b""

    def whole(self, body: bytes) -> bytes:
        """Return a whole reply; what is no JSON object passes as it is."""
        changed = self._object(body)
        return body if changed is None else changed

    def piece(self, data: bytes, *, last: bool) -> bytes:
        r"""Return the next piece of a stream; a line that is not whole yet waits for its end.

        >>> edit = Edit(Degradation())
        >>> edit.piece(b'data: {"choices":[{"index":0,"delta":{"content":"<thi"}}]}\n', last=False)
        b'data: {"choices":[{"index":0,"delta":{"content":""}}]}\n'
        >>> edit.piece(b'data: {"choices":[{"index":0,"delta":{"content":"nk>no</think>yes"}}]}\n', last=True)
        b'data: {"choices":[{"index":0,"delta":{"content":"yes"}}]}\n'
        """
        *lines, self._held = (self._held + data).split(_END)
        done = [self._line(line) + _END for line in lines]
        if last and self._held:
            done.append(self._line(self._held))
            self._held = b""
        return b"".join(done)

    def _line(self, line: bytes) -> bytes:
        if not line.startswith(b"data:"):
            return line
        text = line[5:].strip()
        if not text.startswith(b"{"):
            return line
        changed = self._object(text)
        if changed is None:
            return line
        return b"data: " + changed + (b"\r" if line.endswith(b"\r") else b"")

    def _object(self, body: bytes) -> bytes | None:
        try:
            said = json.loads(body)
        except (ValueError, RecursionError):
            return None
        if not isinstance(said, dict) or not self._emptied(said):
            return None
        return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")

    def _emptied(self, said: dict[str, object]) -> bool:
        changed = False
        if self._logprobs:
            changed |= _walk(said, _without_logprobs)
        if self._reasoning:
            changed |= _walk(said, _without_reasoning)
            changed |= self._untagged(said)
        return changed

    def _untagged(self, said: dict[str, object]) -> bool:
        """Take out what stands between tags in the words of every choice, of whatever dialect."""
        changed = False
        choices = said.get("choices")
        for choice in choices if isinstance(choices, list) else []:
            if not isinstance(choice, dict):
                continue
            ends = choice.get("finish_reason") is not None or "message" in choice
            for holder, name in ((choice.get("delta"), "content"), (choice.get("message"), "content")):
                changed |= self._kept(holder, name, choice.get("index", 0), ends=ends)
            changed |= self._kept(choice, "text", ("text", choice.get("index", 0)), ends=ends)
        kind = said.get("type")
        if kind == "response.output_text.delta":
            changed |= self._kept(said, "delta", (said.get("item_id"), said.get("content_index")), ends=False)
        if kind == "content_block_delta":
            changed |= self._kept(said.get("delta"), "text", ("block", said.get("index")), ends=False)
        return changed | _walk(said, _without_tags)

    def _kept(self, holder: object, name: str, place: object, *, ends: bool) -> bool:
        if not isinstance(holder, dict):
            return False
        words = holder.get(name)
        if not isinstance(words, str):
            return False
        tags = self._tags.setdefault(place, Tags())
        kept = tags.feed(words) + (tags.rest() if ends else "")
        holder[name] = kept
        return kept != words


def _walk(value: object, change: Callable[[dict[str, object]], bool]) -> bool:
    """Let a function change every object in a value, and say whether it did anything."""
    changed = False
    if isinstance(value, list):
        for one in value:
            changed |= _walk(one, change)
    elif isinstance(value, dict):
        changed |= change(value)
        for name, held in value.items():
            if name not in _THEIRS and isinstance(held, dict | list):
                changed |= _walk(held, change)
    return changed


def _without_logprobs(said: dict[str, object]) -> bool:
    return _empty(said, _LOGPROBS)


def _without_reasoning(said: dict[str, object]) -> bool:
    kind = said.get("type")
    if isinstance(kind, str) and (kind in _TRACES or kind.startswith("response.reasoning")):
        return _empty(said, frozenset(_TRACE_FIELDS))
    # The request's own settings come back under this name: they are no words.
    settings = isinstance(said.get("reasoning"), dict)
    return _empty(said, _REASONING - {"reasoning"} if settings else _REASONING)


def _without_tags(said: dict[str, object]) -> bool:
    """Take out whole traces from texts that came whole: the parts of a response, a content block."""
    text = said.get("text")
    if said.get("type") in ("output_text", "text") and isinstance(text, str) and _OPEN in text:
        tags = Tags()
        said["text"] = tags.feed(text) + tags.rest()
        return True
    return False


def _empty(said: dict[str, object], names: frozenset[str]) -> bool:
    changed = False
    for name in names & said.keys():
        held = said[name]
        if held not in (None, [], "", {}):
            said[name] = "" if isinstance(held, str) else [] if isinstance(held, list) else None
            changed = True
    return changed


class Tags:
    """Passes on what is not between tags, piece by piece; what may become a tag waits."""

    def __init__(self) -> None:
        self._inside = False
        self._held = ""

    def feed(self, piece: str) -> str:
        """Return what is kept of the next piece."""
        text, kept = self._held + piece, ""
        while True:
            tag = _CLOSE if self._inside else _OPEN
            before, found, after = text.partition(tag)
            if not found:
                break
            kept += "" if self._inside else before
            self._inside = not self._inside
            text = after
        most = min(len(tag) - 1, len(text))
        held = next((n for n in range(most, 0, -1) if text.endswith(tag[:n])), 0)
        self._held = text[len(text) - held :]
        return kept + ("" if self._inside else text[: len(text) - held])

    def rest(self) -> str:
        """Return what was held back, at the end; a trace that never closed stays out."""
        kept = "" if self._inside else self._held
        self._held = ""
        return kept
