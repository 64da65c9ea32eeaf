"""What two looks in a row support: a turn looks often, and who looks often sees chance.

A judgement of everything claims what it finds. A turn between two of these claims no more than the look
before it found too: an actor is named when two judgements in a row, with new exchanges between them, name it.
To look at the same exchanges again, as after the process was killed, is no second look.
"""

from collections.abc import Iterable, Mapping

from msgspec import Struct

UNKNOWN_BITS = 3.0
"""Looks that found less are not remembered: the next claims at most this much."""


class Look(Struct, frozen=True):
    """One look at an actor: the bits that it found, and when the latest exchange began that it saw.

    ``earlier_bits`` is what the look before it found. ``until_s`` is epoch seconds.
    """

    bits: float
    until_s: float
    earlier_bits: float = UNKNOWN_BITS


class Looks:
    """The latest look at each actor, by the account that stands for it.

    >>> looks = Looks({"a": Look(12.0, until_s=0.0)})
    >>> looks.claim("a", 14.0, until_s=1.0, before=["a"]), looks.claim("a", 14.0, until_s=1.0, before=["a"])
    (12.0, 12.0)
    >>> looks.claim("a", 14.0, until_s=2.0, before=["a"])
    14.0
    """

    def __init__(self, found: Mapping[str, Look]) -> None:
        self._found = {owner: look for owner, look in found.items() if look.bits > UNKNOWN_BITS}

    def claim(self, owner: str, bits: float, *, until_s: float, before: Iterable[str]) -> float:
        """Return what may be claimed of an actor now, and remember this look.

        Args:
            owner: the account that stands for it.
            bits: what this look found.
            until_s: when the latest of its exchanges began, epoch seconds.
            before: the accounts that stood for its accounts' owners at the look before.
        """
        looks = [self._found.pop(one) for one in before if one in self._found]
        earlier_bits = max(
            (look.bits if look.until_s < until_s else look.earlier_bits for look in looks),
            default=UNKNOWN_BITS,
        )
        if bits > UNKNOWN_BITS:
            self._found[owner] = Look(bits, until_s, earlier_bits)
        return min(bits, earlier_bits)

    @property
    def found(self) -> dict[str, Look]:
        """What is remembered, by the account that stands for an actor."""
        return dict(self._found)
