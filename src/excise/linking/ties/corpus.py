"""Accounts ask about the same things, in words that few others use."""

from itertools import pairwise
from typing import ClassVar

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy import sparse

from excise.linking.ties import F64, Block, Pairs, Resemblance
from excise.store.tables import Tables

_DRAWS = 4_000
_WORDS = 128
_FEWEST = 20
_SIZES = (8, 24, 72, 216, 648, 2**62)
_AGREEMENT = 0.5
_LEAST, _MOST = -1.0, 5.0


class Corpus(Resemblance):
    """Cosine of two accounts' word profiles, each word weighed by its rarity, boilerplate removed.

    A word is boilerplate where it stands in over half of an account's prompts. The weight compares the cosine
    with that of pairs drawn at random: how much more often would one owner's accounts be this close?
    """

    block: ClassVar[Block] = "script"

    def traits(self, tables: Tables) -> ir.Table:
        """How many of an account's prompts hold each sampled word."""
        seen = tables.observations.filter(tables.observations.prompt.notnull())
        totals = seen.group_by("account").agg(prompts=seen.count())
        words = seen.select("account", word=seen.minhash.unnest())
        counted = words.group_by("account", "word").agg(n=words.count()).join(totals, "account")
        return counted.filter((ibis._.prompts < 4) | (ibis._.n * 2 <= ibis._.prompts)).select(
            "account", "word", "n"
        )

    def weights(self, traits: pa.Table, pairs: Pairs) -> F64:
        """Weigh each pair's cosine against the cosines of random pairs."""
        profiles = _profiles(traits, pairs.accounts)
        size = np.diff(profiles.indptr)
        draw = np.random.default_rng(0)
        by_size = np.argsort(size, kind="stable")
        weights = np.zeros(len(pairs.one))
        smaller = np.minimum(size[pairs.one], size[pairs.other])
        cosine = _cosines(profiles, pairs.one, pairs.other)
        # Small profiles are close to one another or far apart by chance: like is compared with like.
        for least, below in pairwise(_SIZES):
            alike = by_size[np.searchsorted(size[by_size], least) :]
            chosen = (smaller >= least) & (smaller < below)
            if len(alike) < _FEWEST or not chosen.any():
                continue
            first = alike[: max(_FEWEST, int(np.searchsorted(size[alike], below)))]
            one, other = draw.choice(first, _DRAWS), draw.choice(alike, _DRAWS)
            null = np.sort(_cosines(profiles, one[one != other], other[one != other]))
            tail = (1 + len(null) - np.searchsorted(null, cosine[chosen], side="left")) / (1 + len(null))
            weights[chosen] = np.clip(np.log2(_AGREEMENT / tail), _LEAST, _MOST)
        return weights

    def sentence(self, traits: pa.Table, accounts: list[str]) -> str:
        """Say how alike the accounts' vocabularies are."""
        names = pa.array(sorted({*pc.unique(traits["account"]).to_pylist(), *accounts}))
        profiles = _profiles(traits, names)
        rows = np.asarray([names.index(a).as_py() for a in accounts])
        one, other = np.triu_indices(len(rows), 1)
        if not len(one):
            return "one account has nobody to be compared with"
        inside = float(np.median(_cosines(profiles, rows[one[:5000]], rows[other[:5000]])))
        draw = np.random.default_rng(0)
        outside = float(
            np.median(_cosines(profiles, draw.choice(rows, 500), draw.integers(0, len(names), 500)))
        )
        return (
            f"what the accounts ask about is alike: cosine {inside:.2f} between them, {outside:.2f} to others"
        )


def _profiles(traits: pa.Table, accounts: pa.Array) -> sparse.csr_array:
    """Return one unit row of word weights an account, shape (accounts, words)."""
    at = pc.index_in(traits["account"], value_set=accounts).combine_chunks()
    known = pc.is_valid(at)
    row = at.filter(known).to_numpy().astype(np.int64)
    word = (
        traits["word"].combine_chunks().filter(known).dictionary_encode().indices.to_numpy().astype(np.int64)
    )
    n = traits["n"].combine_chunks().filter(known).to_numpy().astype(float)
    words = int(word.max()) + 1 if len(word) else 1
    rarity = np.log(len(accounts) / np.maximum(np.bincount(word, minlength=words), 1))
    weights = (1 + np.log(n)) * rarity[word]
    # The heaviest words of each account: the rest cost time and add noise.
    order = np.lexsort((word, -weights, row))
    row, word, weights = row[order], word[order], weights[order]
    kept = np.arange(len(row)) - np.searchsorted(row, row) < _WORDS
    matrix = sparse.csr_array((weights[kept], (row[kept], word[kept])), shape=(len(accounts), words))
    length = np.sqrt(matrix.multiply(matrix).sum(axis=1))
    return sparse.csr_array(sparse.diags_array(1 / np.maximum(length, 1e-12)) @ matrix)


def _cosines(profiles: sparse.csr_array, one: np.ndarray, other: np.ndarray, step: int = 20_000) -> F64:
    parts = [
        np.asarray(
            profiles[one[at : at + step]].multiply(profiles[other[at : at + step]]).sum(axis=1)
        ).ravel()
        for at in range(0, len(one), step)
    ]
    return np.concatenate(parts) if parts else np.zeros(0)
