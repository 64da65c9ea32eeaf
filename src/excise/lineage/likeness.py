"""How much of one text stands in another: what the text-only methods compare."""

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import takewhile

from excise.lineage.words import words

_LONGEST_SHARED = 4_000


def runs_of(text: str, length: int) -> Counter[tuple[str, ...]]:
    """Return the runs of ``length`` words in a text, and how often each comes.

    >>> runs_of("to be or not to be", 2)[("to", "be")]
    2
    """
    found = words(text)
    return Counter(zip(*(found[at:] for at in range(length)), strict=False))


def overlap(
    one: Mapping[tuple[str, ...], int],
    other: Mapping[tuple[str, ...], int],
    weights: Mapping[tuple[str, ...], float],
) -> float:
    """Return the weight of the runs that two texts share, per square root of the second's weight.

    Runs that have no weight count 1.
    """
    shared = sum(weights.get(run, 1.0) for run in other if run in one)
    whole = sum(weights.get(run, 1.0) for run in other)
    return shared / whole**0.5 if whole else 0.0


def same_words(one: str, other: str) -> int:
    """Return with how many words two texts begin alike.

    >>> same_words("an oxide of iron", "an oxide of lead")
    3
    """
    pairs = zip(words(one), words(other), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def jaccard(one: str, other: str, length: int = 2) -> float:
    """Return the share of the runs of ``length`` words, of those in either text, that are in both.

    >>> jaccard("a red brick", "a red house")
    0.3333333333333333
    """
    a, b = runs_of(one, length).keys(), runs_of(other, length).keys()
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
