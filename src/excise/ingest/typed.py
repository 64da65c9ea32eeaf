"""Typed decoding whose errors are reasons: what ``rejected.jsonl`` shows for a line, in words."""

import re
from typing import TypeVar

import msgspec

from excise.errors import Unreadable

Record = TypeVar("Record")

# An escaped half of a surrogate pair is no text, but Python's json writes it, and a caller who knows that
# could keep every request out of sight by sending one. A backslash that is itself escaped, and a whole pair,
# are let stand.
_HALF_PAIR = re.compile(
    rb"\\\\"
    rb"|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|\\u[dD][89a-fA-F][0-9a-fA-F]{2}"
)

_PLACE = re.compile(r"^(?P<what>.*?)(?: - at `(?P<place>[^`]*)`)?$", re.DOTALL)


def decoded(decoder: msgspec.json.Decoder[Record], line: bytes) -> Record:
    r"""Decode one line. Half of a surrogate pair becomes the replacement character.

    Raises:
        Unreadable: it is not JSON, not UTF-8, nested too deeply, or a field has the wrong type, which is
            named.

    >>> decoded(msgspec.json.Decoder(dict[str, int]), b'{"a": 1}')
    {'a': 1}
    >>> decoded(msgspec.json.Decoder(dict[str, int]), b'{"a": ')
    Traceback (most recent call last):
    excise.errors.Unreadable: not JSON: input data was truncated
    >>> decoded(msgspec.json.Decoder(str), rb'"half \ud800, whole \ud83d\ude00, escaped \\ud800"')
    'half \ufffd, whole 😀, escaped \\ud800'
    """
    try:
        return decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        mended = _HALF_PAIR.sub(_mend, line) if b"\\u" in line else line
        if mended != line:
            return decoded(decoder, mended)
        raise unreadable(error) from error


def _mend(found: re.Match[bytes]) -> bytes:
    return b"\\ufffd" if len(found.group()) == len(b"\\ud800") else found.group()


def converted(value: object, to: type[Record], field: str) -> Record:
    """Turn decoded JSON into a record.

    Raises:
        Unreadable: a field has the wrong type; it is named, under ``field``.

    >>> converted({"a": "x"}, dict[str, int], "metadata")
    Traceback (most recent call last):
    excise.errors.Unreadable: metadata[...]: expected `int`, got `str`
    """
    try:
        return msgspec.convert(value, to)
    except (msgspec.ValidationError, RecursionError) as error:
        raise unreadable(error, field) from error


def unreadable(error: Exception, field: str = "") -> Unreadable:
    """Say what a decoder's error means, as an Unreadable."""
    if isinstance(error, RecursionError):
        return Unreadable("nested too deeply")
    if isinstance(error, UnicodeDecodeError):
        return Unreadable(f"not UTF-8: {error.reason}")
    found = _PLACE.match(str(error))
    what, place = (found["what"], found["place"] or "") if found else (str(error), "")
    if isinstance(error, msgspec.ValidationError):
        place = (field + place.removeprefix("$")).lstrip(".")
        return Unreadable(f"{place or 'record'}: {what[:1].lower()}{what[1:]}")
    what = what.removeprefix("JSON is malformed: ")
    return Unreadable(f"not JSON: {what[:1].lower()}{what[1:]}")
