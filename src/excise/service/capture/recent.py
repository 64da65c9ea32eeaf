"""Which records arrived of late, so that a sender who repeats itself is told.

It is a courtesy, and bounded: what arrives again after that is acknowledged again, and the store still keeps
it once.
"""


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

    def add(self, records: list[bytes]) -> None:
        """Remember records."""
        self._new.update(records)
        if len(self._new) >= self._least:
            self._old, self._new = self._new, set()

    def __contains__(self, record: bytes) -> bool:
        return record in self._new or record in self._old
