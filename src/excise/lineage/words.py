"""Texts as words, for what has to compare texts and not models."""

import re
from itertools import islice

_UNSPACED = r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+|[^\w\s]")
MOST_WORDS = 4_000
"""Of a text, no more words than this are compared."""


def words(text: str) -> list[str]:
    """Return the words and marks of a text, in lower case and in order.

    Of scripts that put no blanks between words, each character is taken for one.

    >>> words("Rust: an oxide.")
    ['rust', ':', 'an', 'oxide', '.']
    >>> len(words("铁锈是什么"))
    5
    """
    return [found.group() for found in islice(_WORD.finditer(text.lower()), MOST_WORDS)]
