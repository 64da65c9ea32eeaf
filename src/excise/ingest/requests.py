"""A request, from the body that a caller sent to a model's API: one reader for all dialects.

Read are chat and text completions, the responses API, Anthropic messages, Gemini, and Bedrock's Converse,
Titan, Llama, Cohere and Jurassic bodies. A log may cut any part off, so every part may be missing.
"""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from excise.ingest.exchange import Parameters, Turn
from excise.ingest.fields import mapping, text_at
from excise.ingest.parameters import parameters
from excise.ingest.words import Words, conversation


class Request(Struct, frozen=True, kw_only=True, gc=False):
    """What a request body says. ``turns`` is None where it holds no words."""

    turns: tuple[Turn, ...] | None = None
    signatures: tuple[str, ...] = ()
    parameters: Parameters = Parameters()
    model: str | None = None
    stream: bool | None = None
    end_user: str | None = None
    session: str | None = None


def request_of(body: Mapping[str, object], field: str) -> Request:
    """Read a request body.

    Raises:
        Unreadable: a message has a type that no API takes; the reason says where.

    >>> request_of({"system": "Brief.", "messages": [{"role": "user", "content": "2+2?"}]}, "r").turns
    (Turn(role='system', text='Brief.'), Turn(role='user', text='2+2?'))
    >>> request_of({"input": "2+2?", "reasoning": {"effort": "low"}}, "request").parameters.reasoning
    'low'
    """
    if not body:
        return Request()
    said = dict(body)
    for name in _NESTED:
        said.update(mapping(body.get(name)))
    parts = list(_conversations(body, field))
    turns = tuple(turn for part in parts for turn in part.turns)
    stream = body.get("stream")
    return Request(
        turns=turns or None,
        signatures=tuple(token for part in parts for token in part.signatures),
        parameters=parameters(said),
        model=text_at(body, "model", "modelId"),
        stream=stream if isinstance(stream, bool) else None,
        end_user=text_at(body, "user", "safety_identifier")
        or text_at(mapping(body.get("metadata")), "user_id"),
        session=_conversation_id(body),
    )


# Where dialects put the sampler's parameters: Converse, Titan, Gemini, Converse's extras
_NESTED = ("inferenceConfig", "textGenerationConfig", "generationConfig", "additionalModelRequestFields")


def _conversations(body: Mapping[str, object], field: str) -> Iterator[Words]:
    for name in ("system", "instructions", "systemInstruction", "system_instruction", "preamble"):
        value = body.get(name)
        if value:
            words = conversation({"role": "system", "content": _unwrapped(value)}, f"{field}.{name}")
            yield words
    history = body.get("chat_history")
    if history:
        yield conversation(
            [
                {"role": turn.get("role"), "content": turn.get("message")} if isinstance(turn, dict) else turn
                for turn in (history if isinstance(history, list) else [history])
            ],
            f"{field}.chat_history",
        )
    for name in ("messages", "contents", "input", "prompt", "inputText", "message"):
        value = body.get(name)
        if not value:
            continue
        if isinstance(value, str):
            yield Words((Turn("user", value),))
        elif name == "prompt" and isinstance(value, list):
            # several prompts, or one as token numbers
            texts = [text for text in value if isinstance(text, str)]
            yield Words(tuple(Turn("user", text) for text in texts))
        else:
            yield conversation(value, f"{field}.{name}")
        return


def _unwrapped(value: object) -> object:
    """Gemini's system instruction is a content whose words are in ``parts``."""
    return value.get("parts", value) if isinstance(value, dict) else value


def _conversation_id(body: Mapping[str, object]) -> str | None:
    value = body.get("conversation")
    if isinstance(value, dict):
        value = value.get("id")
    if isinstance(value, str) and value:
        return value
    return text_at(mapping(body.get("metadata")), "session_id", "conversation_id")


def operation_of(path: str | None) -> str | None:
    """Return the operation that a path of an API stands for.

    >>> operation_of("https://api.example.org/v1/chat/completions?stream=1"), operation_of("/healthz")
    ('chat', None)
    """
    return next((operation for ending, operation in _OPERATIONS if path and ending in path), None)


_OPERATIONS = (
    ("/chat/completions", "chat"),
    ("/messages", "chat"),
    ("/responses", "responses"),
    ("/completions", "completion"),
    ("/embeddings", "embedding"),
    ("generateContent", "chat"),
    ("/chat", "chat"),
)
