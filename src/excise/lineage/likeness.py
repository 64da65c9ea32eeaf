"""How much of one text stands in another: what the text-only methods compare."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import takewhile

from excise.lineage.words import words

_LONGEST_SHARED = 4_000
_SMOOTH = 5.0
"""As many words are added as if each had been seen as often as it comes anywhere."""


class Surprise:
    """How little a word is expected after another, in nats, going by some texts: rare matches count more.

    Args:
        texts: all candidates alike, so that none is favored. Each text's own words are left out where it is
            looked at itself, as if it had not been among them.

    >>> surprise = Surprise([["the", "cat"], ["the", "cat"], ["the", "dog"], ["a", "cat"]])
    >>> surprise.after("the", "dog") > surprise.after("the", "cat")
    True
    """

    def __init__(self, texts: Iterable[Sequence[str]]) -> None:
        self._pairs: Counter[tuple[str, str]] = Counter()
        self._firsts: Counter[str] = Counter()
        self._words: Counter[str] = Counter()
        self._in: Counter[str] = Counter()
        self._texts = 0
        for text in texts:
            before = ("", *text[:-1])
            self._pairs.update(zip(before, text, strict=True))
            self._firsts.update(before)
            self._words.update(text)
            self._in.update(set(text))
            self._texts += 1
        self._all = sum(self._words.values())

    def after(self, before: str, word: str) -> float:
        """Return -ln of the smoothed share of ``word`` after ``before``; "" is the beginning."""
        alone = max(self._words[word], 1) / (self._all + 1)
        pairs = max(self._pairs[before, word] - 1, 0)
        firsts = max(self._firsts[before] - 1, 0)
        return -math.log((pairs + _SMOOTH * alone) / (firsts + _SMOOTH))

    def anywhere(self, word: str) -> float:
        """Return -ln of the share of texts that hold ``word``."""
        return -math.log(max(self._in[word], 1) / (self._texts + 1))

    def alike(self, said: Sequence[str], text: Sequence[str]) -> float:
        """Return the surprise, in nats, of the words with which both begin."""
        total, before = 0.0, ""
        for one, other in zip(said, text, strict=False):
            if one != other:
                break
            total += self.after(before, other)
            before = other
        return total

    def shared(self, said: Sequence[str], text: Sequence[str], length: int) -> float:
        """Return how much of ``text``, in runs of ``length`` words, stands in what was said, by surprise."""
        runs, there = set(_runs(text, length)), set(_runs(said, length))
        weights = {run: sum(map(self.anywhere, run)) for run in runs}
        whole = sum(weights.values())
        return sum(weights[run] for run in runs & there) / whole**0.5 if whole else 0.0


def jaccard(one: str, other: str, length: int = 2) -> float:
    """Return the share of the runs of ``length`` words, of those in either text, that are in both.

    >>> jaccard("a red brick", "a red house")
    0.3333333333333333
    """
    a, b = set(_runs(words(one), length)), set(_runs(words(other), length))
    either = len(a | b)
    return len(a & b) / either if either else 0.0


def grams(text: str, length: int = 5) -> frozenset[str]:
    """Return all stretches of ``length`` characters of a text, without regard to case and blanks.

    >>> sorted(grams("A b-cd!"))
    ['ab-cd', 'b-cd!']
    """
    bare = "".join(text.lower().split())[:_LONGEST_SHARED]
    return frozenset(bare[at : at + length] for at in range(max(1, len(bare) - length + 1)))


def shared_beginning(texts: Iterable[str]) -> str:
    """Return what all texts begin with, up to the last whole word.

    >>> shared_beginning(["The code is kestrel-1", "The code is kelp-2"])
    'The code is'
    """
    alike = takewhile(lambda column: len(set(column)) == 1, zip(*texts, strict=False))
    first = "".join(column[0] for column in alike)
    return first[: first.rfind(" ")] if " " in first else ""


def _runs(text: Sequence[str], length: int) -> Iterable[tuple[str, ...]]:
    return zip(*(text[at:] for at in range(length)), strict=False)
