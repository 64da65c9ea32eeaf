"""How many records have an id that came before, in memory that does not grow with the log."""

from zlib import crc32

_BITS = 27  # 16 MiB, which a log of a million records fills to a hundredth


class Repeats:
    """Counts ids that come again, whichever they are: one id under all requests shows as well as all twice.

    Each id has one bit of a table. An id whose bit is set has come before, or shares its bit with one that
    has; how many of the latter there will be follows from how full the table was at each new id, and is
    subtracted. For a million records the error is about one in ten thousand.

    >>> repeats = Repeats()
    >>> for name in (b"a", b"b", b"a", b"a"):
    ...     repeats.add(name)
    >>> round(repeats.share(), 3)
    0.5
    """

    def __init__(self) -> None:
        self._table = bytearray(1 << (_BITS - 3))
        self._asked = self._set = 0
        self._by_chance = 0.0

    def add(self, name: bytes) -> None:
        """Count one record's id."""
        self._asked += 1
        place = crc32(name) & ((1 << _BITS) - 1)
        bit = 1 << (place & 7)
        if self._table[place >> 3] & bit:
            return
        full = self._set / (1 << _BITS)
        self._table[place >> 3] |= bit
        self._set += 1
        self._by_chance += full / (1 - full)

    def share(self) -> float:
        """Return the share of records whose id came before."""
        again = self._asked - self._set - self._by_chance
        return max(0.0, again / self._asked) if again >= 1 else 0.0
