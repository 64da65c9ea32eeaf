"""The journal as the loop reads it, and forgetting, which comes first."""

from collections.abc import Mapping

from excise.service.journal.done import Done
from excise.service.journal.forgotten import Forgotten
from excise.service.journal.reader import Damage, Journal
from excise.service.loop.turn import Delivery
from excise.store.store import Store


class Feed:
    """Gives what was acknowledged, portion by portion.

    Args:
        journal: is read on from where it is.
        most_records: about how many there are in a portion.

    Attributes:
        damaged: what could not be read since somebody looked.
    """

    def __init__(self, journal: Journal, *, most_records: int = 50_000) -> None:
        self.journal = journal
        self.damaged: list[Damage] = []
        self._most_records = most_records
        self._number = 0
        self._waiting: dict[int, Mapping[str, Done]] = {}

    def take(self) -> Delivery | None:
        """Return what waits, or a part of it; None where nothing does."""
        taken = self.journal.take(most_records=self._most_records)
        self.damaged += taken.damaged
        if not taken.records:
            if not self._waiting:  # what was passed over, such as a damaged group, is behind us too
                self.journal.done(taken.position)
            return None
        self._number += 1
        self._waiting[self._number] = taken.position
        return Delivery(self._number, tuple((batch.key, batch.rows) for batch in taken.batches))

    def done(self, position: int) -> None:
        """Let go of what lies before a position: the store has it."""
        for number in [number for number in self._waiting if number <= position]:
            self.journal.done(self._waiting.pop(number))


def forget(forgotten: Forgotten, store: Store) -> bool:
    """Let the store forget whom somebody wished forgotten, and say whether there was anybody."""
    wishes = forgotten.wishes()
    for wish in wishes:
        store.forget(now_s=wish.at_s, accounts=wish.accounts)
    if wishes:
        forgotten.fulfilled(wishes)
    return bool(wishes)
