"""Texts as words, for what has to compare texts and not models."""

import re
from itertools import islice

_WORD = re.compile(r"\w+|[^\w\s]")
MOST_WORDS = 4_000
"""Of a text, no more words than this are compared."""


def words(text: str) -> list[str]:
    """Return the words and marks of a text, in lower case and in order.

    >>> words("Rust: an oxide.")
    ['rust', ':', 'an', 'oxide', '.']
    """
    return [found.group() for found in islice(_WORD.finditer(text.lower()), MOST_WORDS)]
