"""The journal goes into the store: rows once, whatever was taken twice, and what was forgotten stays out."""

from msgspec import Struct

from excise.observation.secret import Keyring
from excise.service.journal.forgotten import Forgotten
from excise.service.journal.reader import Damage, Journal
from excise.store.store import Store


class Kept(Struct, frozen=True, kw_only=True):
    """What one round brought: records taken, of which so many were new to the store, and what was damaged."""

    records: int
    new: int
    forgotten: int
    damaged: tuple[Damage, ...]


def take_in(
    journal: Journal,
    forgotten: Forgotten,
    store: Store,
    keyring: Keyring,
    *,
    now_s: float,
    most_records: int = 50_000,
) -> Kept:
    """Put what was acknowledged into the store, and say that it is done once it has reached the disk.

    Args:
        journal: is read on from where it is.
        forgotten: whose observations are to be removed; done first.
        store: opened for writing.
        keyring: its keys; rows of keys that have retired since are left out.
        now_s: epoch seconds.
        most_records: about how many at once.
    """
    wishes = forgotten.wishes()
    gone = 0
    for wish in wishes:
        removed = store.forget(now_s=wish.at_s, accounts=wish.accounts)
        gone += removed.of_accounts
    if wishes:
        forgotten.fulfilled(wishes)
    taken = journal.take(most_records=most_records)
    living = {key.id: key for key in keyring.writing if key.lives_at(now_s)}
    new = 0
    for batch in taken.batches:
        key = living.get(batch.key)
        if key is None:
            continue
        count = store.append(batch.rows, key=key)
        if key is keyring.reading:
            new += count
    if taken.records:
        store.flush()
    journal.done(taken.position)
    return Kept(records=taken.records, new=new, forgotten=gone, damaged=taken.damaged)
