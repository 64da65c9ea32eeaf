"""Texts that people and strangers write, made safe to keep; and identifiers that nobody can guess."""

import re
import secrets

from excise.errors import BadSetting

MOST_COMMENT = 10_000
"""Characters of a comment or a reason."""

# Controls but the ends of lines and tabs, lone surrogates, and what turns text around (Unicode UAX 9).
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def kept(text: str, what: str, *, most: int = MOST_COMMENT) -> str:
    r"""Return a text as it is kept.

    Raises:
        BadSetting: nothing is left of it, or it is too long; ``what`` says which text it is.

    >>> kept(" look\x00 here\r\n", "comment")
    'look here'
    """
    clean = _UNSAFE.sub("", text.replace("\r\n", "\n")).strip()
    if not clean:
        raise BadSetting(f"the {what} is empty; say it in words")
    if len(clean) > most:
        raise BadSetting(f"the {what} has {len(clean):,} characters; at most {most:,} are kept")
    return clean


def cut(text: str, *, most: int) -> str:
    """Return a stranger's text as it is kept: what is too long is cut, nothing is refused.

    >>> cut("aaaa", most=3)
    'aaa'
    """
    return _UNSAFE.sub("", text[: 4 * most].replace("\r\n", "\n")).strip()[:most]


def fresh(prefix: str, *, digits: int) -> str:
    """Return an identifier that is drawn by chance: a prefix, and hexadecimal digits.

    >>> len(fresh("dec-", digits=16))
    20
    """
    return prefix + secrets.token_hex(digits // 2)
