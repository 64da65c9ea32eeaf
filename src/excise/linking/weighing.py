"""What all ties together say about pairs of accounts."""

from collections.abc import Callable, Mapping

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from excise.linking.carried import Carried, Evidence
from excise.linking.census import NOBODY, Outside
from excise.linking.distinct import distinct
from excise.linking.expand import expand
from excise.linking.overlapping import overlapping
from excise.linking.replicas import TOGETHER_S, replicas
from excise.linking.ties import BLOCKS, Pairs, Resemblance, SharedValue, Tie

I64 = NDArray[np.int64]
F64 = NDArray[np.float64]

MOST_CARRIERS = 400
"""A value that more owners carry says nothing."""

REST = 0.15
"""What the ties of a block count beside the strongest of it."""

_WORTH_MEASURING = -8.0


class Weighed(Struct, frozen=True):
    """Pairs of accounts with the match weight of each tie, by name, and of all together; shape (pairs,)."""

    one: I64
    other: I64
    by_tie: Mapping[str, F64]
    weight: F64


class Measures:
    """What resemblances and replicas say of pairs already measured: neither depends on who owns what.

    Args:
        ties: the ties by name.
        evidence: the accounts and their traits.
    """

    def __init__(self, ties: Mapping[str, Tie], evidence: Evidence) -> None:
        self._ties = {name: tie for name, tie in ties.items() if isinstance(tie, Resemblance)}
        self._evidence = evidence
        self._keys = np.zeros(0, np.int64)
        self._values = np.zeros((len(self._ties) + 1, 0))

    def of(self, keys: I64) -> tuple[dict[str, F64], F64]:
        """Return the weight of each resemblance, and the share of prompts that are public, for pairs.

        Args:
            keys: ascending; a pair is ``smaller position * accounts + larger position``.
        """
        fresh = np.setdiff1d(keys, self._keys, assume_unique=True)
        if len(fresh):
            count = len(self._evidence.accounts)
            pairs = Pairs(self._evidence.accounts, fresh // count, fresh % count)
            rows = [tie.weights(self._evidence.traits[name], pairs) for name, tie in self._ties.items()]
            values = np.stack([*rows, _public_share(self._evidence, pairs)])
            together = np.concatenate([self._keys, fresh])
            order = np.argsort(together)
            self._keys = together[order]
            self._values = np.concatenate([self._values, values], axis=1)[:, order]
        found = self._values[:, np.searchsorted(self._keys, keys)]
        return dict(zip(self._ties, found[:-1], strict=True)), found[-1]


def weigh(
    ties: Mapping[str, Tie],
    evidence: Evidence,
    measures: Measures,
    owner: I64,
    outside: Outside = NOBODY,
) -> Weighed:
    """Weigh every pair of accounts that shares a value.

    How rare a value is gets counted in ``owner`` units, shape (accounts,): accounts already held to have one
    owner count once, so that a campaign does not make its own template look common.
    Owners ``outside`` count as well.
    """
    count = len(evidence.accounts)
    owners = len(distinct(owner)) + outside.owners
    shared: dict[str, tuple[I64, F64]] = {}
    for name, tie in ties.items():
        if isinstance(tie, SharedValue):
            one, other, weight = _shared(
                evidence.carried[name], tie, owner, owners, outside.carriers.get(name)
            )
            shared[name] = (one * count + other, weight)
    keys = distinct(np.concatenate([np.zeros(0, np.int64), *(pairs for pairs, _ in shared.values())]))
    shared = {name: (np.searchsorted(keys, pairs), weight) for name, (pairs, weight) in shared.items()}
    prior = np.log2(max(owners, 2))
    # There are millions of pairs, and most are not promising: of all of them one tie at a time is held.
    known = _combined(ties, lambda name: _of_pairs(shared.get(name), len(keys)), np.zeros(len(keys)))
    promising = np.flatnonzero(known - prior > _WORTH_MEASURING)
    by_tie = {name: _of_pairs(shared.pop(name, None), len(keys))[promising] for name in ties}
    keys = keys[promising]
    measured, public = measures.of(keys)
    by_tie |= measured
    return Weighed(keys // count, keys % count, by_tie, _combined(ties, by_tie.__getitem__, public) - prior)


def _of_pairs(weights: tuple[I64, F64] | None, pairs: int) -> F64:
    """Return a tie's weight of each pair, 0 where it has none; of several shared values the rarest counts."""
    found = np.zeros(pairs)
    if weights is not None:
        np.maximum.at(found, *weights)
    return found


def _shared(
    carried: Carried, tie: SharedValue, owner: I64, owners: int, elsewhere: I64 | None
) -> tuple[I64, I64, F64]:
    """Return the pairs that share a value, and its weight log2(m / u), at most what the tie allows."""
    held = distinct(carried.value * (int(owner.max(initial=0)) + 1) + owner[carried.account])
    units = np.bincount(held // (int(owner.max(initial=0)) + 1), minlength=carried.values)
    if elsewhere is not None:
        units = units + elsewhere
    row_one, row_other = expand(carried.value, carried.account, most=MOST_CARRIERS)
    one, other = carried.account[row_one], carried.account[row_other]
    weight = np.log2(tie.agreement * owners / np.maximum(units[carried.value[row_one]], 1))
    weight = np.minimum(weight, tie.most)
    # A value with too many carriers makes no pairs, wherever these are.
    kept = (weight > 0) & (units[carried.value[row_one]] <= MOST_CARRIERS)
    return np.minimum(one, other)[kept], np.maximum(one, other)[kept], weight[kept]


def _combined(ties: Mapping[str, Tie], weights: Callable[[str], F64], public: F64) -> F64:
    """Add the blocks: in each the strongest tie and 15 % of the other ties, and all that speaks against.

    The script block shrinks by the share of prompts that are public material: a benchmark's wording is
    nobody's own.
    """
    total = np.zeros(len(public))
    for block in BLOCKS:
        inside = [name for name, tie in ties.items() if tie.block == block]
        if not inside:
            continue
        combined = overlapping(map(weights, inside), rest=REST)
        total += combined * (1 - public) if block == "script" else combined
    return total


def _public_share(evidence: Evidence, pairs: Pairs) -> F64:
    """Return the share of the smaller account's prompts that the other sent too, at an unrelated time."""
    traits = evidence.traits.get("replication")
    if traits is None:
        return np.zeros(len(pairs.one))
    found = replicas(traits, pairs, together_s=TOGETHER_S)
    return np.where(found.shared >= 2, np.minimum(found.share, 1) * (1 - found.together), 0.0)
