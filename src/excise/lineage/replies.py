"""Replies, as JSON lines: what was served, and what could as well have been served.

One object a line, UTF-8, other fields are ignored:

    {"id": "r-17", "prompt": "What is rust?", "reply": "An oxide of iron.", "model": "our-model",
     "model_version": "2026-03-01", "parameters": {"temperature": 1.0, "max_tokens": 200},
     "campaign": "campaign-7", "served_at_s": 1772323200, "published": false, "draw": 0}

``messages`` (a list of ``{"role", "content"}``) may stand for ``prompt``, which is one user message. Only
these and ``reply`` have to be there. ``id`` says which twin belongs to which served reply; where it is left
out, the prompt does. ``draw`` tells several twins of one reply apart. A file of prompts is the same without
replies. What cannot be read is set aside with its row and the reason, and nothing is concluded from it.
"""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Struct

from excise.errors import BadTable

MOST_LINE_BYTES = 8_000_000
"""A longer line is set aside: no model serves a prompt and a reply of this size."""

UNNAMED = "row "
"""What has no id is called by this and its row."""

_MOST_MESSAGES = 10_000
_NUMBERS = ("temperature", "top_p", "min_p", "repetition_penalty", "presence_penalty", "frequency_penalty")
_WHOLE = ("top_k", "max_tokens", "seed")

_Record = TypeVar("_Record", "Reply", "Prompt")


class Message(Struct, frozen=True):
    """One message of a conversation.

    >>> Message("user", "What is rust?").content
    'What is rust?'
    """

    role: str
    content: str


class Sampling(Struct, frozen=True):
    """How a reply was sampled; None is "not said".

    Attributes:
        temperature: 0 takes the likeliest token each time.
        top_p: the share of probability that is kept.
        top_k: how many tokens are kept.
        max_tokens: where a reply is cut off.
        seed: of the sampler, where the serving model takes one.
        min_p: the least probability that is kept, as a share of the likeliest token's.
        repetition_penalty: as transformers and vLLM have it; 1 is none.
        presence_penalty: as the OpenAI API has it; 0 is none.
        frequency_penalty: as the OpenAI API has it; 0 is none.
        more: whatever else was said of it, as JSON with sorted keys: compared, not interpreted.
    """

    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    max_tokens: int | None = None
    seed: int | None = None
    min_p: float | None = None
    repetition_penalty: float | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    more: str = ""


class Prompt(Struct, frozen=True, kw_only=True):
    """A prompt, from the line ``row`` (from 1) of its file. ``id`` is "" where none was given."""

    row: int
    id: str
    messages: tuple[Message, ...]


class Reply(Struct, frozen=True, kw_only=True):
    """One reply of the serving model, from the line ``row`` (from 1) of its file.

    Attributes:
        row: of the file, from 1.
        id: of the served reply that this is, or is a twin of; "" where none was given.
        messages: what the model was asked, oldest first.
        reply: what it said.
        parameters: how it was sampled.
        model: its name; "" where not said.
        model_version: its version; "" where not said.
        campaign: to whose accounts it was served; "" where not said.
        served_at_s: when, in epoch seconds.
        published: whether the text stands somewhere in public; None where not said.
        draw: the number of a twin among several of one served reply.
    """

    row: int
    id: str
    messages: tuple[Message, ...]
    reply: str
    parameters: Sampling = Sampling()
    model: str = ""
    model_version: str = ""
    campaign: str = ""
    served_at_s: float | None = None
    published: bool | None = None
    draw: int = 0


class Reject(Struct, frozen=True):
    """A line that could not be read: its row (from 1) and why."""

    row: int
    why: str


class _Line(Struct):
    """A line as it is written; ``messages`` and ``parameters`` are checked afterwards, to name the field."""

    id: str | int | None = None
    prompt: str | None = None
    messages: list[Message] | None = None
    reply: str | None = None
    parameters: dict[str, object] | None = None
    model: str = ""
    model_version: str = ""
    campaign: str = ""
    served_at_s: float | None = None
    published: bool | None = None
    draw: int = 0


def read_replies(path: Path) -> tuple[tuple[Reply, ...], tuple[Reject, ...]]:
    r"""Read a file of replies, and what of it could not be read.

    Raises:
        BadTable: there is no such file, or not one reply in it.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "served.jsonl"
    ...     _ = path.write_text('{"id": "a", "prompt": "Hi", "reply": "Hello."}\n{"id": "b"}\n')
    ...     replies, rejects = read_replies(path)
    >>> replies[0].reply, rejects[0].why
    ('Hello.', "field 'prompt' or 'messages' is missing")
    """
    replies: list[Reply] = []
    rejects: list[Reject] = []
    for row, line in _lines(path, rejects):
        try:
            replies.append(_reply(row, line))
        except _Wrong as wrong:
            rejects.append(Reject(row, str(wrong)))
    return tuple(_some(path, "reply", replies, rejects)), tuple(rejects)


def read_prompts(path: Path) -> tuple[tuple[Prompt, ...], tuple[Reject, ...]]:
    """Read a file of prompts; replies that stand in it are left alone.

    Raises:
        BadTable: there is no such file, or not one prompt in it.
    """
    prompts: list[Prompt] = []
    rejects: list[Reject] = []
    for row, line in _lines(path, rejects):
        try:
            prompts.append(Prompt(row=row, id=_id(line), messages=_messages(line)))
        except _Wrong as wrong:
            rejects.append(Reject(row, str(wrong)))
    return tuple(_some(path, "prompt", prompts, rejects)), tuple(rejects)


class _Wrong(Exception):
    """Why one line cannot be read."""


def _lines(path: Path, rejects: list[Reject]) -> Iterator[tuple[int, _Line]]:
    decoder = msgspec.json.Decoder(_Line)
    try:
        with path.open("rb") as file:
            row = 0
            while line := file.readline(MOST_LINE_BYTES + 1):
                row += 1
                if len(line) > MOST_LINE_BYTES and not line.endswith(b"\n"):
                    while (rest := file.readline(MOST_LINE_BYTES)) and not rest.endswith(b"\n"):
                        pass
                    rejects.append(Reject(row, f"the line is longer than {MOST_LINE_BYTES:,} bytes"))
                    continue
                if not line.strip():
                    continue
                try:
                    yield row, decoder.decode(line.removeprefix(b"\xef\xbb\xbf"))
                except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                    rejects.append(Reject(row, str(error)))
    except OSError as error:
        raise BadTable(f"{path}: {error.strerror}; name a file of JSON lines") from None


def _some(path: Path, what: str, found: list[_Record], rejects: list[Reject]) -> list[_Record]:
    if not found:
        first = f"row {rejects[0].row}: {rejects[0].why}" if rejects else "it is empty"
        raise BadTable(f"{path}: holds not one {what} ({first})")
    return found


def _reply(row: int, line: _Line) -> Reply:
    messages = _messages(line)
    if line.reply is None:
        raise _Wrong("field 'reply' is missing")
    if not line.reply.strip():
        raise _Wrong("field 'reply' is empty")
    if line.served_at_s is not None and not math.isfinite(line.served_at_s):
        raise _Wrong("field 'served_at_s' is not a number of seconds")
    return Reply(
        row=row,
        id=_id(line),
        messages=messages,
        reply=line.reply,
        parameters=_sampling(line.parameters or {}),
        model=line.model,
        model_version=line.model_version,
        campaign=line.campaign,
        served_at_s=line.served_at_s,
        published=line.published,
        draw=line.draw,
    )


def _id(line: _Line) -> str:
    name = "" if line.id is None else str(line.id)
    if name.startswith(UNNAMED):
        raise _Wrong(
            f"field 'id' begins with {UNNAMED!r}, as rows without an id are called; name it otherwise"
        )
    return name


def _messages(line: _Line) -> tuple[Message, ...]:
    if line.prompt is not None and line.messages is not None:
        raise _Wrong("has both 'prompt' and 'messages'; leave one out")
    if line.prompt is not None:
        return (Message("user", line.prompt),)
    if line.messages is None:
        raise _Wrong("field 'prompt' or 'messages' is missing")
    if not 0 < len(line.messages) <= _MOST_MESSAGES:
        raise _Wrong(f"field 'messages' holds {len(line.messages):,}; 1 to {_MOST_MESSAGES:,} are read")
    return tuple(line.messages)


def _sampling(said: dict[str, object]) -> Sampling:
    known: dict[str, float | int | None] = {}
    others: dict[str, object] = {}
    for name, value in said.items():
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if name not in _NUMBERS + _WHOLE:
            others[name] = value
        elif value is None:
            continue
        elif not number or not math.isfinite(value) or (name in _WHOLE and value != int(value)):  # type: ignore[arg-type, call-overload]
            raise _Wrong(f"field 'parameters.{name}' is no number that it can be")
        else:
            known[name] = int(value) if name in _WHOLE else float(value)  # type: ignore[call-overload, arg-type]
    more = msgspec.json.encode(others, order="sorted").decode() if others else ""
    return Sampling(more=more, **known)  # type: ignore[arg-type]
