"""What two looks in a row support: a turn looks often, and who looks often sees chance.

A judgement of everything claims what it finds. A turn between two of these claims no more than the look
before it found too: an actor is named when two judgements in a row, with new exchanges between them, name it.
"""

from collections.abc import Iterable, Mapping

UNKNOWN_BITS = 3.0
"""Looks that found less are not remembered: the next claims at most this much."""


class Looks:
    """What the latest look at each actor found, by the account that stands for it.

    >>> looks = Looks({"a": 12.0})
    >>> looks.claim("a", 14.0, before=["a"]), looks.claim("a", 14.0, before=["a"])
    (12.0, 14.0)
    >>> looks.claim("b", 14.0, before=[]), looks.claim("b", 2.0, before=["b"])
    (3.0, 2.0)
    """

    def __init__(self, found: Mapping[str, float]) -> None:
        self._found = {owner: bits for owner, bits in found.items() if bits > UNKNOWN_BITS}

    def claim(self, owner: str, bits: float, *, before: Iterable[str]) -> float:
        """Return what may be claimed of an actor now, and remember this look.

        Args:
            owner: the account that stands for it.
            bits: what this look found.
            before: the accounts that stood for its accounts' owners at the look before.
        """
        earlier = max((self._found.pop(one, UNKNOWN_BITS) for one in before), default=UNKNOWN_BITS)
        if bits > UNKNOWN_BITS:
            self._found[owner] = bits
        return min(bits, earlier)

    @property
    def found(self) -> dict[str, float]:
        """What is remembered: bits by the account that stands for an actor."""
        return dict(self._found)
