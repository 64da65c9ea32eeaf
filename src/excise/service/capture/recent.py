"""Which records arrived of late, so that a sender who repeats itself is told.

It is a courtesy, and bounded: what arrives again after that is acknowledged again, and the store still keeps
it once.
"""

from collections.abc import Iterable


class Recent:
    """Remembers the latest records, at least so many.

    >>> recent = Recent(2)
    >>> recent.add([b"a", b"b"]); recent.add([b"c"])
    >>> b"a" in recent, b"d" in recent
    (True, False)
    """

    def __init__(self, least: int = 250_000) -> None:
        self._least = least
        self._new: set[bytes] = set()
        self._old: set[bytes] = set()
        self._wordless: tuple[set[bytes], set[bytes]] = (set(), set())

    def add(self, records: Iterable[bytes], *, wordless: Iterable[bytes] = ()) -> None:
        """Remember records, and which of them were logged without their words."""
        self._new.update(records)
        self._wordless[0].update(wordless)
        if len(self._new) >= self._least:
            self._old, self._new = self._new, set()
            self._wordless = (set(), self._wordless[0])

    def is_wordless(self, record: bytes) -> bool:
        """Say whether a record was logged without its words."""
        return any(record in some for some in self._wordless)

    def __contains__(self, record: bytes) -> bool:
        return record in self._new or record in self._old
