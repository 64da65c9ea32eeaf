"""Which prompts two accounts have in common, and whether they were sent together."""

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from excise.linking.expand import expand
from excise.linking.instants import seconds
from excise.linking.ties import F64, Pairs

_COMMONEST = 200

TOGETHER_S = 900.0
"""How near in time two sendings of a prompt are one act of one queue."""


class Replicas(NamedTuple):
    """For each pair: prompts in common, their share of the smaller account's, and the share sent together."""

    shared: F64
    share: F64
    together: F64


def replicas(traits: pa.Table, pairs: Pairs, *, together_s: float) -> Replicas:
    """Count the prompts that pairs of accounts have in common.

    Args:
        traits: rows (account, prompt, at), one for each account and prompt.
        pairs: the pairs to count for.
        together_s: how near in time two sendings are one act.
    """
    size = len(pairs.one)
    shared: F64 = np.zeros(size)
    together: F64 = np.zeros(size)
    at = pc.index_in(traits["account"], value_set=pairs.accounts).combine_chunks()
    known = pc.is_valid(at)
    account = at.filter(known).to_numpy().astype(np.int64)
    prompt = (
        traits["prompt"]
        .combine_chunks()
        .filter(known)
        .dictionary_encode()
        .indices.to_numpy()
        .astype(np.int64)
    )
    at_s = seconds(traits["at"].combine_chunks().filter(known))
    prompts = np.bincount(account, minlength=len(pairs.accounts))
    row_one, row_other = expand(prompt, account, most=_COMMONEST)
    if len(row_one):
        one, other = account[row_one], account[row_other]
        low, high = np.minimum(one, other), np.maximum(one, other)
        keys = low * len(pairs.accounts) + high
        wanted = np.minimum(pairs.one, pairs.other) * len(pairs.accounts) + np.maximum(pairs.one, pairs.other)
        order = np.argsort(wanted, kind="stable")
        place = np.minimum(np.searchsorted(wanted[order], keys), size - 1)
        hit = wanted[order][place] == keys
        target = order[place[hit]]
        near = np.abs(at_s[row_one] - at_s[row_other])[hit] <= together_s
        shared = np.bincount(target, minlength=size).astype(np.float64)
        together = np.bincount(target, weights=near, minlength=size).astype(np.float64)
    smaller = np.minimum(prompts[pairs.one], prompts[pairs.other])
    return Replicas(shared, shared / np.maximum(smaller, 1), together / np.maximum(shared, 1))
