"""Tokens as an endpoint spells them are laid along the text that was asked, or are not believed."""

import re
from collections.abc import Sequence
from typing import NamedTuple

_PART = "\ufffd"
"""How endpoints spell bytes of a character that is cut between tokens."""

_SPELLED_BYTES = re.compile(r"^bytes:(?:\\x[0-9a-fA-F]{2})+$")
_MOST_STEPS_A_CHARACTER = 50


class _Unit(NamedTuple):
    """A character of a token, or a run of ``parts`` of characters that begins in it."""

    token: int
    letter: str
    parts: int


def laid_along(tokens: Sequence[str], text: str) -> tuple[str, ...] | None:
    r"""Cut ``text`` as the last of ``tokens`` do; None where they do not spell it.

    They are laid from the end. The first piece may be the end of a token that reaches over from what stands
    before the text. A character that is cut between tokens counts for the first of them.

    >>> laid_along(["<s>", "Hi", "\n\n", "Blue", "."], "Blue.")
    ('Blue', '.')
    >>> laid_along(["x", " ca", "f\ufffd", "\ufffd!"], " café!")
    (' ca', 'fé', '!')
    >>> laid_along(["Bl", "ack", "."], "Blue.") is None
    True
    """
    taken = _matched(_units(tokens), text)
    if not taken:
        return None
    first = taken[-1][0]
    lengths = [0] * (len(tokens) - first)
    for token, length in taken:
        lengths[token - first] += length
    pieces, done = [], 0
    for length in lengths:
        pieces.append(text[done : done + length])
        done += length
    return tuple(pieces)


def _units(tokens: Sequence[str]) -> list[_Unit]:
    """Return what the tokens spell, in the order in which they stand."""
    units: list[_Unit] = []
    for at, token in enumerate(tokens):
        spelled = _PART * ((len(token) - 6) // 4) if _SPELLED_BYTES.match(token) else token
        for letter in spelled:
            if letter != _PART:
                units.append(_Unit(at, letter, 0))
            elif units and units[-1].parts:
                units[-1] = units[-1]._replace(parts=units[-1].parts + 1)
            else:
                units.append(_Unit(at, "", 1))
    return units


def _matched(units: Sequence[_Unit], text: str) -> list[tuple[int, int]]:
    """Lay the units along the text from its end.

    A run of parts stands for as many characters at most as it has parts, none of them ASCII; how many is
    found by trying, the fewest first.

    Returns:
        for each unit from the last one: its token, and how many characters of the text it takes; nothing
        where they do not fit.
    """
    taken: list[tuple[int, int]] = []
    tries: list[tuple[int, int, int]] = []  # where a run took some characters and may take one more
    unit, left = len(units) - 1, len(text)
    steps = _MOST_STEPS_A_CHARACTER * (len(text) + 1)
    more = 1
    while left > 0 and steps > 0:
        steps -= 1
        fits = unit >= 0
        if fits and units[unit].parts:
            fits = more <= min(units[unit].parts, left) and not text[left - more].isascii()
            if fits:
                tries.append((unit, left, more + 1))
        elif fits:
            fits = text[left - 1] == units[unit].letter
        if fits:
            taken.append((units[unit].token, more))
            left -= more
            unit, more = unit - 1, 1
        elif tries:
            unit, left, more = tries.pop()
            del taken[len(units) - 1 - unit :]
        else:
            return []
    return taken if left == 0 else []
