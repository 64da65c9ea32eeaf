"""Cues: which kinds of request a text asks for, by phrases that a data file lists with their source."""

import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from msgspec import Struct, convert

from excise.observation.sketches import words_of


class Cue(Struct, frozen=True, forbid_unknown_fields=True):
    """One kind of request, the phrases that suggest it, and where they were reported."""

    name: str
    source: str
    phrases: tuple[str, ...]


class _Cues(Struct, frozen=True, forbid_unknown_fields=True):
    cue: tuple[Cue, ...]


@cache
def cues() -> tuple[Cue, ...]:
    """Return all cues; the place of one is its bit in an observation."""
    text = files("excise.observation").joinpath("cues.toml").read_text("utf-8")
    found = convert(tomllib.loads(text), _Cues).cue
    names = [cue.name for cue in found]
    if len(set(names)) < len(names):
        raise ValueError("cues.toml: two cues have one name")
    return found


@cache
def bit_of(name: str) -> int:
    """Return the bit of a cue, as a number to test an observation's ``cues`` with.

    >>> bit_of("reasoning")
    1
    """
    return 1 << [cue.name for cue in cues()].index(name)


def cue_bits(text: str, words: Iterable[str]) -> int:
    """Return the bits of the cues that a text in lower case holds; ``words`` are its words.

    >>> cue_bits("solve it step by step", ["solve", "it", "step", "by", "step"]) == bit_of("reasoning")
    True
    """
    bits = 0
    phrases = _phrases()
    for word in _keys().intersection(words):
        for bit, phrase in phrases[word]:
            if not bits & bit and phrase in text:
                bits |= bit
    return bits


@cache
def _keys() -> frozenset[str]:
    return frozenset(_phrases())


@cache
def _phrases() -> dict[str, list[tuple[int, str]]]:
    """Return the phrases by their longest word, so that only those are looked for whose word is there."""
    found: dict[str, list[tuple[int, str]]] = {}
    for place, cue in enumerate(cues()):
        for phrase in cue.phrases:
            found.setdefault(max(words_of(phrase), key=len), []).append((1 << place, phrase))
    return found
