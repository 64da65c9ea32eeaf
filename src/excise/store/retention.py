"""What the store may not keep: what was forgotten does not come back when the old log is read again.

A floor keeps out what started before a time. An account is remembered as a keyed hash and the time it was
forgotten at: its exchanges from before that stay out, those after it come in. The key of the hash outlives
every rotation.
"""

import hashlib
from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from msgspec import Struct

Mask = npt.NDArray[np.bool_]
_HASH_BYTES = 16


class Forgotten(Struct, frozen=True, kw_only=True):
    """How much was removed: observations for their age, or of accounts; rows of the directory; notes."""

    too_old: int = 0
    of_accounts: int = 0
    directory: int = 0
    notes: int = 0


class Retention:
    """Decides which observations a store may hold.

    Args:
        key: what accounts are hashed with, 32 bytes.
        floor_at_us: what started before it is too old (epoch microseconds); None if nothing is.
        forgotten: the hash of an account to when it was forgotten (epoch microseconds).

    >>> keep = Retention(bytes(32), floor_at_us=None, forgotten={}).with_accounts(["acct_1"], at_us=100)
    >>> rows = pa.table({"account": ["acct_1", "acct_1", None], "started_at": [99, 100, 0]})
    >>> keep.of_forgotten(rows).tolist()
    [True, False, False]
    """

    def __init__(self, key: bytes, *, floor_at_us: int | None, forgotten: Mapping[str, int]) -> None:
        self._key = key
        self.floor_at_us = floor_at_us
        self.forgotten = dict(forgotten)

    def with_floor(self, at_us: int) -> "Retention":
        """Return one that also keeps out what started before a time. A floor only rises."""
        floor = at_us if self.floor_at_us is None else max(at_us, self.floor_at_us)
        return Retention(self._key, floor_at_us=floor, forgotten=self.forgotten)

    def with_accounts(self, accounts: Iterable[str], *, at_us: int) -> "Retention":
        """Return one that also keeps out what these accounts sent before a time."""
        forgotten = dict(self.forgotten)
        for account in accounts:
            name = self._hash(account)
            forgotten[name] = max(at_us, forgotten.get(name, at_us))
        return Retention(self._key, floor_at_us=self.floor_at_us, forgotten=forgotten)

    def too_old(self, rows: pa.Table | pa.RecordBatch) -> Mask:
        """Return which rows started before the floor."""
        if self.floor_at_us is None:
            return np.zeros(rows.num_rows, dtype=np.bool_)
        old: Mask = started_us(rows) < self.floor_at_us
        return old

    def of_forgotten(self, rows: pa.Table | pa.RecordBatch) -> Mask:
        """Return which rows are of forgotten accounts and started before these were forgotten."""
        if not self.forgotten:
            return np.zeros(rows.num_rows, dtype=np.bool_)
        column = rows.column("account")
        whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
        names = whole.dictionary_encode()
        never = np.iinfo(np.int64).min
        times = [self.forgotten.get(self._hash(name), never) for name in names.dictionary.to_pylist()]
        until_us = np.array([*times, never], dtype=np.int64)  # the last is that of rows without an account
        place = names.indices.fill_null(len(times)).to_numpy(zero_copy_only=False)
        gone: Mask = started_us(rows) < until_us[place]
        return gone

    def knows(self, account: str) -> bool:
        """Say whether an account was forgotten."""
        return self._hash(account) in self.forgotten

    def until_us(self, account: str) -> int | None:
        """Return up to when an account was forgotten (epoch microseconds), None where it was not."""
        return self.forgotten.get(self._hash(account))

    def _hash(self, account: str) -> str:
        name = account.encode("utf-8", "surrogateescape")
        return hashlib.blake2b(name, key=self._key, digest_size=_HASH_BYTES).hexdigest()


def started_us(rows: pa.Table | pa.RecordBatch) -> npt.NDArray[np.int64]:
    """Return when each row started, in epoch microseconds."""
    times: npt.NDArray[np.int64] = rows.column("started_at").cast(pa.int64()).to_numpy()
    return times
