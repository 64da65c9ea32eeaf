"""The lines of ``queries.jsonl``: what was asked of whom, and what came back."""

import hashlib

import msgspec
from msgspec import Struct

from excise.lineage.suspects import Answered, Ask, Asked, NoAnswer, Scored

Question = Asked | Ask
Result = Scored | Answered | NoAnswer


class Heading(Struct, frozen=True, tag="heading", kw_only=True):
    """A first line: the protocol under which the questions are asked."""

    protocol: str
    version: int = 1


class Entry(Struct, frozen=True, tag="answer", kw_only=True):
    """A question and its result. ``at_s`` (epoch seconds) is when the result was kept."""

    suspect: str
    question: Question
    result: Result
    at_s: float


Line = Heading | Entry


def key_of(suspect: str, question: Question) -> str:
    """Return what a question is known by: the same question of the same suspect is asked once.

    >>> from excise.lineage.suspects import Asked
    >>> key_of("hf:x", Asked((), "a")) == key_of("hf:x", Asked((), "a"))
    True
    >>> key_of("hf:x", Asked((), "a")) == key_of("hf:y", Asked((), "a"))
    False
    """
    content = msgspec.json.encode((suspect, type(question).__name__, question))
    return hashlib.sha256(content).hexdigest()
