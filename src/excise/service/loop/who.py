"""Who is who: the accounts, their owners as last judged, and which values of ties each carries.

It answers two questions of a turn without looking at everybody: who shares something rare with these
accounts, and how many owners outside carry what they carry. A value stands as a hash of 64 bits.
"""

import hashlib
from collections.abc import Iterable, Mapping

import numpy as np
import pyarrow as pa
from msgspec import Struct
from numpy.typing import NDArray

I64 = NDArray[np.int64]
U64 = NDArray[np.uint64]

MOST_CARRIERS = 400
"""A value that more owners carry ties nobody; see ``excise.linking.weighing``."""

_RARE_OWNERS = 25
_EACH = 12
_TOO_MANY = 2_000


class Roll(Struct, frozen=True, kw_only=True):
    """The accounts of a judgement of everything: owner (a position in ``accounts``) and rows of each.

    ``keys`` and ``carriers`` go together, by key: which value which account (a position) carries.
    """

    accounts: list[str]
    owner: I64
    rows: I64
    keys: U64
    carriers: I64


class Who:
    """The accounts and what they carry, as of a judgement of everything and of the turns since.

    >>> keys = value_keys("address", pa.array(["192.0.2.7"]))
    >>> who = Who(Roll(accounts=["a", "b"], owner=np.array([0, 1]), rows=np.array([1, 1]),
    ...     keys=np.repeat(keys, 2), carriers=np.array([0, 1])))
    >>> who.near({"a"}, keys, most=5), who.carriers("address", pa.array(["192.0.2.7"]), pa.array(["a"]))
    (['b'], array([1]))
    """

    def __init__(self, roll: Roll) -> None:
        self.accounts = list(roll.accounts)
        self._at = {name: at for at, name in enumerate(self.accounts)}
        self._owner = roll.owner.astype(np.int64)
        self._members: dict[int, set[int]] = {}
        for at, owner in enumerate(self._owner.tolist()):
            self._members.setdefault(owner, set()).add(at)
        self._keys, self._carriers = roll.keys, roll.carriers
        self._since: dict[int, set[int]] = {}

    def __contains__(self, account: str) -> bool:
        return account in self._at

    def mates(self, account: str) -> list[str]:
        """Return the accounts of an account's owner, it among them, sorted."""
        at = self._at.get(account)
        if at is None:
            return [account]
        return sorted(self.accounts[mate] for mate in self._members[int(self._owner[at])])

    def owner(self, account: str) -> str:
        """Return the account that stands for an account's owner."""
        at = self._at.get(account)
        return account if at is None else self.accounts[int(self._owner[at])]

    def join(self, accounts: Iterable[str], owner: str) -> None:
        """Say that these accounts are those of one owner; ``owner`` is one of them, or owns already."""
        stands = self._place(owner)
        # Who stands for them goes first: later it would leave those behind who have just come to it.
        for account in sorted(set(accounts), key=lambda one: (one != owner, one)):
            at = self._place(account)
            mates = self._members[int(self._owner[at])]
            mates.discard(at)
            if mates and int(self._owner[at]) == at:
                self._rename(mates)
            self._owner[at] = stands
            self._members.setdefault(stands, set()).add(at)

    def carry(self, account: str, keys: Iterable[int]) -> None:
        """Say that an account carries these values besides those that it is known to carry."""
        at = self._place(account)
        for key in keys:
            self._since.setdefault(key, set()).add(at)

    def near(self, accounts: set[str], keys: U64, *, most: int) -> list[str]:
        """Return other accounts that carry some of these values, those that share the rarest first.

        Values that many owners carry are passed over, and of one owner a few accounts are enough.
        """
        inside = {self._at[name] for name in accounts if name in self._at}
        score: dict[int, float] = {}
        for _, found in self._found(np.unique(keys)):
            others = [at for at in found if at not in inside]
            owners = {int(self._owner[at]) for at in others}
            if not owners or len(owners) > _RARE_OWNERS:
                continue
            for at in others:
                score[at] = score.get(at, 0.0) + 1.0 / len(owners)
        taken: dict[int, int] = {}
        chosen: list[str] = []
        for at in sorted(score, key=lambda at: (-score[at], self.accounts[at])):
            owner = int(self._owner[at])
            taken[owner] = taken.get(owner, 0) + 1
            if taken[owner] <= _EACH:
                chosen.append(self.accounts[at])
            if len(chosen) >= most:
                break
        return chosen

    def owners(self, accounts: pa.Array) -> int:
        """Return how many owners there are besides those of these accounts."""
        mine = {int(self._owner[self._at[name]]) for name in accounts.to_pylist() if name in self._at}
        return len(self._members) - len(mine)

    def carriers(self, tie: str, values: pa.Array, accounts: pa.Array) -> I64:
        """Return how many owners besides those of these accounts carry each value of a tie."""
        mine = {int(self._owner[self._at[name]]) for name in accounts.to_pylist() if name in self._at}
        keys = value_keys(tie, values)
        counts = np.zeros(len(keys), dtype=np.int64)
        if not len(keys):
            return counts
        first = np.searchsorted(self._keys, keys, side="left")
        several = np.searchsorted(self._keys, keys, side="right") - first
        spread = np.minimum(several, _TOO_MANY)
        row = np.repeat(np.arange(len(keys)), spread)
        step = np.arange(len(row)) - np.repeat(np.cumsum(spread) - spread, spread)
        owner = self._owner[self._carriers[first[row] + step]]
        pairs = set(zip(row.tolist(), owner.tolist(), strict=True)) if self._since else None
        if pairs is None:
            outside = ~np.isin(owner, np.fromiter(mine, np.int64, len(mine)))
            both = np.unique(np.stack([row[outside], owner[outside]]), axis=1)
            return np.bincount(both[0], minlength=len(keys)).astype(np.int64)
        for at, key in enumerate(keys.tolist()):
            for carrier in self._since.get(key, ()):
                pairs.add((at, int(self._owner[carrier])))
        for at, one in pairs:
            counts[at] += one not in mine
        return counts

    def _found(self, keys: U64) -> Iterable[tuple[int, list[int]]]:
        first = np.searchsorted(self._keys, keys, side="left")
        last = np.searchsorted(self._keys, keys, side="right")
        for key, low, high in zip(keys.tolist(), first.tolist(), last.tolist(), strict=True):
            since = self._since.get(key, set())
            if high - low + len(since) <= _TOO_MANY:
                yield key, sorted({*self._carriers[low:high].tolist(), *since})

    def _place(self, account: str) -> int:
        at = self._at.get(account)
        if at is None:
            at = self._at[account] = len(self.accounts)
            self.accounts.append(account)
            if at >= len(self._owner):
                self._owner = np.concatenate([self._owner, np.zeros(max(1_024, at), np.int64)])
            self._owner[at] = at
            self._members[at] = {at}
        return at

    def _rename(self, mates: set[int]) -> None:
        """Let another account stand for an owner whose first account left."""
        stands = min(mates, key=lambda at: self.accounts[at])
        for mate in mates:
            self._members.pop(int(self._owner[mate]), None)
            self._owner[mate] = stands
        self._members[stands] = mates


def value_keys(tie: str, values: pa.Array) -> U64:
    """Return the hashes that stand for values of a tie."""
    kind = tie.encode() + b"\0"
    return np.array(
        [
            int.from_bytes(hashlib.blake2b(kind + str(value).encode(), digest_size=8).digest(), "little")
            for value in values.to_pylist()
        ],
        dtype=np.uint64,
    )


def roll_of(accounts: list[str], owner: I64, rows: I64, carried: Mapping[str, tuple[U64, I64, I64]]) -> Roll:
    """Make the roll of a judgement: of each tie the keys of its values, and rows (value, account)."""
    keys = [names[value] for names, value, _ in carried.values()]
    carriers = [account for _, _, account in carried.values()]
    every = np.concatenate([np.zeros(0, np.uint64), *keys])
    whose = np.concatenate([np.zeros(0, np.int64), *carriers])
    order = np.argsort(every, kind="stable")
    return Roll(accounts=accounts, owner=owner, rows=rows, keys=every[order], carriers=whose[order])
