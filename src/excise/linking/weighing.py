"""What all ties together say about pairs of accounts."""

from collections.abc import Mapping

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from excise.linking.carried import Carried, Evidence
from excise.linking.expand import expand
from excise.linking.replicas import replicas
from excise.linking.ties import BLOCKS, Pairs, Resemblance, SharedValue, Tie

I64 = NDArray[np.int64]
F64 = NDArray[np.float64]

_MOST_CARRIERS = 400
_REST = 0.25
_WORTH_MEASURING = -8.0


class Weighed(Struct, frozen=True):
    """Pairs of accounts with the match weight of each tie (shape (pairs,) by tie name) and of all together."""

    one: I64
    other: I64
    by_tie: Mapping[str, F64]
    weight: F64


def weigh(ties: Mapping[str, Tie], evidence: Evidence, owner: I64) -> Weighed:
    """Weigh every pair of accounts that shares a value.

    How rare a value is gets counted in ``owner`` units, shape (accounts,): accounts already held to have one owner
    count once, so that a campaign does not make its own template look common.
    """
    count = len(evidence.accounts)
    owners = len(np.unique(owner))
    shared = {
        name: _shared(evidence.carried[name], tie, owner, owners)
        for name, tie in ties.items()
        if isinstance(tie, SharedValue)
    }
    keys = np.unique(np.concatenate([np.zeros(0, np.int64), *[one * count + other for one, other, _ in shared.values()]]))
    by_tie = {name: np.zeros(len(keys)) for name in ties}
    for name, (one, other, weight) in shared.items():
        np.maximum.at(by_tie[name], np.searchsorted(keys, one * count + other), weight)
    prior = np.log2(owners)
    promising = _combined(ties, by_tie, np.zeros(len(keys))) - prior > _WORTH_MEASURING
    keys = keys[promising]
    by_tie = {name: weight[promising] for name, weight in by_tie.items()}
    pairs = Pairs(evidence.accounts, keys // count, keys % count)
    for name, tie in ties.items():
        if isinstance(tie, Resemblance):
            by_tie[name] = tie.weights(evidence.traits[name], pairs)
    public = _public_share(evidence, pairs)
    return Weighed(pairs.one, pairs.other, by_tie, _combined(ties, by_tie, public) - prior)


def _shared(carried: Carried, tie: SharedValue, owner: I64, owners: int) -> tuple[I64, I64, F64]:
    """Return the pairs that share a value, and its weight log2(m / u), at most what the tie allows."""
    held = np.unique(carried.value * (int(owner.max(initial=0)) + 1) + owner[carried.account])
    units = np.bincount(held // (int(owner.max(initial=0)) + 1), minlength=carried.values)
    row_one, row_other = expand(carried.value, carried.account, most=_MOST_CARRIERS)
    one, other = carried.account[row_one], carried.account[row_other]
    weight = np.log2(tie.agreement * owners / np.maximum(units[carried.value[row_one]], 1))
    weight = np.minimum(weight, tie.most)
    kept = weight > 0
    return np.minimum(one, other)[kept], np.maximum(one, other)[kept], weight[kept]


def _combined(ties: Mapping[str, Tie], by_tie: Mapping[str, F64], public: F64) -> F64:
    """Add the blocks: in each the strongest tie and a quarter of the other ties, and all that speaks against.

    The script block shrinks by the share of prompts that are public material: a benchmark's wording is nobody's own.
    """
    total = np.zeros(len(public))
    for block in BLOCKS:
        inside = [by_tie[name] for name, tie in ties.items() if tie.block == block]
        if not inside:
            continue
        weights = np.stack(inside)
        gains = np.maximum(weights, 0)
        most = gains.max(axis=0)
        sum_ = most + _REST * (gains.sum(axis=0) - most) + np.minimum(weights, 0).sum(axis=0)
        total += sum_ * (1 - public) if block == "script" else sum_
    return total


def _public_share(evidence: Evidence, pairs: Pairs) -> F64:
    """Return the share of the smaller account's prompts that the other sent too, at an unrelated time."""
    traits = evidence.traits.get("replication")
    if traits is None:
        return np.zeros(len(pairs.one))
    found = replicas(traits, pairs, together_s=900.0)
    return np.where(found.shared >= 2, np.minimum(found.share, 1) * (1 - found.together), 0.0)
