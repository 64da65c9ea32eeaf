"""Secrets that slipped into a log leave it here: no credential enters an Exchange in the clear.

A string shaped like a key becomes ``key:`` and the first 32 hex digits of its SHA-256. That is stable, so one
key stays one identity over files and scans, and it needs no secret of ours, so whoever issued the key can
find it by hashing their own list. Keys are random and long; trying them all is out of reach. Where people
think a secret up (a password), nothing of it is kept. The shapes are data: ``credentials.toml``.

Headers that carry credentials (authorization, x-api-key, cookie) are never decoded by a format in the first
place.
"""

import hashlib
import re
import tomllib
from collections.abc import Callable
from functools import cache
from importlib.resources import files

from msgspec import Struct

from excise.errors import ExciseError


class _Shape(Struct, frozen=True):
    name: str
    pattern: str
    kept: str
    source: str


def pseudonym(secret: str) -> str:
    """Return the stable name of a high-entropy secret.

    >>> pseudonym("sk-test-0123456789abcdef")
    'key:c871f067542d565c57ebb8b54f99afe3'
    """
    return "key:" + hashlib.sha256(secret.encode()).hexdigest()[:32]


def without_credentials(text: str) -> str:
    """Return a text with everything in it that is shaped like a credential replaced.

    >>> without_credentials("curl/8.5 Bearer sk-test-0123456789abcdef")
    'curl/8.5 key:c871f067542d565c57ebb8b54f99afe3'
    >>> without_credentials("proxy http:" "//ann:hunter2@10.0.0.1/")
    'proxy http[credential removed]10.0.0.1/'
    >>> without_credentials("OpenAI/Python 1.47.1")
    'OpenAI/Python 1.47.1'
    """
    pattern, replacement = _shapes()
    return pattern.sub(replacement, text)


@cache
def _shapes() -> tuple[re.Pattern[str], Callable[[re.Match[str]], str]]:
    table = tomllib.loads(files("excise.ingest").joinpath("credentials.toml").read_text("utf-8"))
    shapes = [_Shape(**row) for row in table["shape"]]
    names = [shape.name for shape in shapes]
    if len(set(names)) != len(names):
        raise ExciseError(f"credentials.toml names a shape twice: {', '.join(names)}")
    kept = {shape.name: shape.kept for shape in shapes}
    pattern = re.compile("|".join(f"(?P<{shape.name}>{shape.pattern})" for shape in shapes))

    def replacement(match: re.Match[str]) -> str:
        if match.lastgroup is None or kept[match.lastgroup] == "nothing":
            return "[credential removed]"
        # "Bearer sk-..." and "sk-..." are the same key: the scheme in front is no part of it
        return pseudonym(match.group().split()[-1])

    return pattern, replacement
