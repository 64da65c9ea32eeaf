"""Which actors are due: those that grew by a tenth since they were judged, the longest waiting first."""

from collections.abc import Callable, Iterable, Mapping

GROWTH = 0.1
"""An actor of n exchanges is judged again after n / 10 more: each exchange is looked at about ten times,
ever, however large its actor is."""


class Due:
    """Counts what came since each account's actor was judged.

    >>> due = Due({"a": 100, "b": 4})
    >>> due.came({"a": 5, "b": 1}, owner_of=str)
    >>> due.waiting(), due.came({"a": 5, "c": 1}, owner_of=str), due.waiting()
    (['b'], None, ['b', 'a', 'c'])
    """

    def __init__(self, rows: Mapping[str, int]) -> None:
        self._rows = dict(rows)
        self._new: dict[str, int] = {}
        self._waiting: dict[str, None] = {}

    def came(self, counts: Mapping[str, int], *, owner_of: Callable[[str], str]) -> None:
        """Count new exchanges of accounts.

        Args:
            counts: by account.
            owner_of: names the account that stands for an account's owner.
        """
        for account, count in counts.items():
            owner = owner_of(account)
            self._new[owner] = self._new.get(owner, 0) + count
            if self._new[owner] >= max(1.0, GROWTH * self._rows.get(owner, 0)):
                self._waiting.setdefault(owner)

    def waiting(self) -> list[str]:
        """Return the owners that are due, the longest waiting first."""
        return list(self._waiting)

    def judged(self, owner: str, rows: int, before: Iterable[str] = ()) -> None:
        """Say that an owner was judged on so many rows, and which owners it was ``before``."""
        for one in (*before, owner):
            self._rows.pop(one, None)
            self._new.pop(one, None)
            self._waiting.pop(one, None)
        self._rows[owner] = rows

    def joined(self, owner: str, rows: int, before: Iterable[str]) -> None:
        """Say that owners ``before``, of so many rows together, belong to another owner now."""
        for one in before:
            if one != owner:
                self._rows.pop(one, None)
                self._new.pop(one, None)
                self._waiting.pop(one, None)
        self._rows[owner] = self._rows.get(owner, 0) + rows

    def put_off(self, owner: str) -> None:
        """Say that an owner waits for the next judgement of everything."""
        self._waiting.pop(owner, None)
