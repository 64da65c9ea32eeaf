"""Refusals: every endpoint says in the same shape what is wrong, for people and for programs."""

import msgspec
from msgspec import Struct


class Wrong(Struct, frozen=True):
    """What is wrong, for people and for programs."""

    message: str
    code: str


class Problem(Struct, frozen=True):
    """The body of every refusal."""

    error: Wrong


def problem(message: str, code: str) -> bytes:
    """Return the body of a refusal.

    >>> problem("no", "forbidden")
    b'{"error":{"message":"no","code":"forbidden"}}'
    """
    return msgspec.json.encode(Problem(Wrong(message, code)))
