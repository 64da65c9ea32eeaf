"""``reasoning``: the trace of a reply's reasoning is replaced by a summary."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from excise.countermeasures.bodies import Body, Record, dicts
from excise.countermeasures.campaign_key import CampaignKey
from excise.countermeasures.changes import Edit, Edited
from excise.errors import BadSetting

_FIELDS = ("reasoning_content", "reasoning")
_OPEN, _CLOSE = "<think>", "</think>"


@dataclass(frozen=True)
class Reasoning(Edit):
    """Replaces reasoning traces by what a summarizer of the provider's own says, or by a notice.

    Reasoning in a field of its own (``reasoning_content``, ``reasoning``) is replaced in replies and in
    streams; reasoning between ``<think>`` and ``</think>`` in the words too.

    Args:
        summarizer: ``package.module:function``, from the text of a trace to its summary; "" leaves a notice.
    """

    summarizer: str = ""

    unit: ClassVar[str] = "traces"
    customer_sees: ClassVar[str] = "A summary, or a notice that says so, where the reasoning stood."
    costs: ClassVar[str] = (
        "Customers cannot check the steps, and editing an agent's history breaks. A summarizer costs a call."
    )
    good_for: ClassVar[str] = (
        "Students of reasoning learn less from answers alone; reports disagree on how much, and reasoning "
        "can in part be made up again from answers. Do not count on it alone."
    )
    not_when: ClassVar[str] = "Customers were promised the reasoning, or need it to check a result."

    def edit(self, body: bytes, *, key: CampaignKey, reply: str) -> Edited:  # noqa: ARG002 - it needs neither
        """Replace the traces."""
        read = Body(body)
        summarize = self._summarizer()
        changed = _stream(read, summarize) if read.streamed else _whole(read, summarize)
        return Edited(read.write() if changed else body, changed)

    def _summarizer(self) -> Callable[[str], str]:
        if not self.summarizer:
            return _notice
        module, colon, name = self.summarizer.partition(":")
        try:
            found = getattr(importlib.import_module(module), name) if colon else None
        except (ImportError, AttributeError, ValueError):
            found = None
        if not callable(found):
            raise BadSetting(f"summarizer {self.summarizer!r} is no function; say package.module:function")
        return found  # type: ignore[no-any-return]


def _notice(trace: str) -> str:
    return f"[The reasoning behind this reply, {len(trace.split()):,} words, is not shown.]"


def _whole(body: Body, summarize: Callable[[str], str]) -> int:
    changed = 0
    for record in body.records():
        for choice in dicts(record.get("choices")):
            message = choice.get("message")
            if not isinstance(message, dict):
                continue
            for name in _FIELDS:
                trace = message.get(name)
                if isinstance(trace, str) and trace:
                    message[name] = summarize(trace)
                    changed += 1
            words = message.get("content")
            if isinstance(words, str):
                parts = _Tags()
                kept = parts.feed(words) + parts.rest()
                if parts.traces:
                    summaries = "\n".join(summarize(trace) for trace in parts.traces)
                    message["content"] = f"{_OPEN}{summaries}{_CLOSE}{kept}"
                    changed += len(parts.traces)
    return changed


def _stream(body: Body, summarize: Callable[[str], str]) -> int:
    """Empty the pieces of traces, and put the summary where the last piece was."""
    traces: dict[tuple[int, str], list[str]] = {}
    last: dict[tuple[int, str], Record] = {}
    tags: dict[int, _Tags] = {}
    ends: dict[int, Record] = {}
    for record in body.records():
        for choice in dicts(record.get("choices")):
            delta, index = choice.get("delta"), choice.get("index", 0)
            if not isinstance(delta, dict) or not isinstance(index, int):
                continue
            for name in _FIELDS:
                piece = delta.get(name)
                if isinstance(piece, str) and piece:
                    traces.setdefault((index, name), []).append(piece)
                    last[index, name] = delta
                    delta[name] = ""
            words = delta.get("content")
            if isinstance(words, str):
                tag = tags.setdefault(index, _Tags())
                delta["content"] = tag.feed(words)
                ends[index] = delta
    for (index, name), delta in last.items():
        delta[name] = summarize("".join(traces[index, name]))
    for index, tag in tags.items():
        rest = tag.rest()
        if tag.traces:
            rest += "\n" + "\n".join(summarize(trace) for trace in tag.traces)
        ends[index]["content"] = f"{ends[index]['content']}{rest}"
    return len(traces) + sum(len(tag.traces) for tag in tags.values())


class _Tags:
    """Splits words into what is kept and what stands between tags, piece by piece as they stream."""

    def __init__(self) -> None:
        self.traces: list[str] = []
        self._inside: list[str] | None = None
        self._held = ""

    def feed(self, piece: str) -> str:
        """Return what is kept of the next piece; a tag that may go on in the next one is held back."""
        text, kept = self._held + piece, ""
        while True:
            tag = _OPEN if self._inside is None else _CLOSE
            before, found, after = text.partition(tag)
            if not found:
                break
            kept += self._take(before)
            if self._inside is None:
                self._inside = []
            else:
                self.traces.append("".join(self._inside))
                self._inside = None
            text = after
        held = next((n for n in range(min(len(tag) - 1, len(text)), 0, -1) if text.endswith(tag[:n])), 0)
        self._held = text[len(text) - held :]
        return kept + self._take(text[: len(text) - held])

    def rest(self) -> str:
        """Return what was held back at the end; a trace that never closed counts as one."""
        kept = self._take(self._held)
        self._held = ""
        if self._inside is not None:
            self.traces.append("".join(self._inside))
            self._inside = None
        return kept

    def _take(self, text: str) -> str:
        if self._inside is None:
            return text
        self._inside.append(text)
        return ""
