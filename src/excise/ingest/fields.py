"""Fields of decoded JSON whose name or type is not sure: the first that is there, as what it should be."""

from collections.abc import Mapping
from typing import TypeVar

import msgspec

from excise.errors import Unreadable
from excise.ingest.typed import decoded

Value = TypeVar("Value")


def first(*values: Value | None) -> Value | None:
    """Return the first value that says something: not None and not the empty string.

    >>> first(None, "", 0, 5)
    0
    """
    for value in values:
        if value is not None and value != "":
            return value
    return None


def text_at(record: Mapping[str, object], *names: str) -> str | None:
    """Return the first of the named fields that is a text and not empty.

    >>> text_at({"id": 5, "request_id": "r1"}, "id", "request_id")
    'r1'
    """
    for name in names:
        value = record.get(name)
        if isinstance(value, str) and value:
            return value
    return None


def text_of(value: object) -> str | None:
    """Return an id as text: sources write them as text or as whole numbers.

    >>> text_of(17), text_of("a"), text_of(True), text_of({})
    ('17', 'a', None, None)
    """
    if isinstance(value, str):
        return value or None
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None


def mapping(value: object) -> Mapping[str, object]:
    """Return a JSON object as it is, and an empty one for anything else.

    >>> mapping({"a": 1}), mapping([1])
    ({'a': 1}, {})
    """
    return value if isinstance(value, dict) else {}


def sequence(value: object) -> list[object]:
    """Return a JSON array as it is, and an empty one for anything else.

    >>> sequence([1]), sequence({"a": 1})
    ([1], [])
    """
    return value if isinstance(value, list) else []


def parsed(value: object) -> object:
    """Return what JSON text holds, and unchanged what is no text or no JSON list or object.

    Databases keep messages as JSON in a string.

    >>> parsed('{"a": 1}'), parsed("[not JSON]"), parsed(None)
    ({'a': 1}, '[not JSON]', None)
    """
    if isinstance(value, str) and value.lstrip()[:1] in ("[", "{"):
        try:
            return decoded(_ANYTHING, value.encode())
        except Unreadable:
            return value
    return value


_ANYTHING = msgspec.json.Decoder(object)
