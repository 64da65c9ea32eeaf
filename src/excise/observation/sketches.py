"""Sketches of many texts at once: a bottom-k MinHash of words, a consistent sample of six-word runs."""

import re
from collections.abc import Sequence
from itertools import chain

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from excise.observation.keyed import U64, WordHashes, siphash

RUN_WORDS = 6
MINHASH_SIZE = 24
FRAGMENTS = 12
LONGEST_CHARACTERS = 32_768

_EDGE_WORDS = 64
_EDGE_FRAGMENTS = 4
# Scripts without spaces between words: each character counts as a word.
_UNSPACED = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
# What is no letter and no digit becomes a space: for plain text ten times as fast as the expression, and the
# same.
_SPACED = str.maketrans({code: " " for code in range(128) if not chr(code).isalnum()})
_UNSPACED_CHARACTER = re.compile(f"[{_UNSPACED}]")
_WORDS = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+")

I64 = NDArray[np.int64]


def words_of(text: str) -> list[str]:
    """Return the words of a text, lower case, from at most its first and last 16,384 characters.

    >>> words_of("Don't panic: 42 times!")
    ['don', 't', 'panic', '42', 'times']
    """
    if len(text) > LONGEST_CHARACTERS:
        half = LONGEST_CHARACTERS // 2
        text = text[:half] + " " + text[-half:]
    text = text.lower()
    if text.isascii():
        return text.translate(_SPACED).split()
    if not _UNSPACED_CHARACTER.search(text):
        return text.translate({ord(one): " " for one in set(text) if not one.isalnum()}).split()
    return _WORDS.findall(text)


class Sketches:
    """Makes sketches under one key; equal words and equal runs give equal hashes in every text.

    Args:
        key: 32 bytes, of the deployment secret.
    """

    def __init__(self, key: bytes) -> None:
        self._words = WordHashes(key)
        self._seal = key[:16]
        draw = np.random.default_rng(list(key))
        # Secret odd multipliers: which run is sampled cannot be foreseen by who writes the prompts.
        self._multipliers = draw.integers(0, 2**63, RUN_WORDS, dtype=np.uint64) * np.uint64(2) + np.uint64(1)

    def hashes(self, texts: Sequence[list[str]]) -> tuple[U64, I64]:
        """Return the word hashes of all texts end to end, and where each begins (one offset more)."""
        offsets = np.zeros(len(texts) + 1, dtype=np.int64)
        np.cumsum([len(words) for words in texts], out=offsets[1:])
        flat = np.fromiter(
            map(self._words.__getitem__, chain.from_iterable(texts)), np.uint64, int(offsets[-1])
        )
        return flat, offsets

    def minhash(self, flat: U64, offsets: I64, size: int = MINHASH_SIZE) -> pa.ListArray:
        """Return each text's ``size`` least distinct 32-bit word hashes, sorted (bottom-k; Broder 1997)."""
        owner = np.repeat(np.arange(len(offsets) - 1, dtype=np.uint64), np.diff(offsets))
        keyed = np.sort((owner << np.uint64(32)) | (flat >> np.uint64(32)))
        keyed = keyed[np.r_[True, keyed[1:] != keyed[:-1]]] if len(keyed) else keyed
        return _least(
            keyed >> np.uint64(32), (keyed & np.uint64(0xFFFFFFFF)).astype(np.uint32), len(offsets) - 1, size
        )

    def fragments(self, flat: U64, offsets: I64, size: int = FRAGMENTS) -> pa.ListArray:
        """Return for each text up to ``size`` hashes of its six-word runs: those least under a secret order.

        Equal runs are sampled alike in every text. Of a long text a third comes from its first 64 words and a
        third from its last, where templates stand.
        """
        count = len(offsets) - 1
        if len(flat) < RUN_WORDS:
            return _least(np.zeros(0, np.uint64), np.zeros(0, np.uint64), count, size)
        runs = np.zeros(len(flat) - RUN_WORDS + 1, np.uint64)
        for at, multiplier in enumerate(self._multipliers):
            runs += flat[at : at + len(runs)] * multiplier
        runs = _mixed(runs)
        begins, ends = offsets[:-1], np.maximum(offsets[1:] - RUN_WORDS + 1, offsets[:-1])
        long = (ends - begins) > 2 * _EDGE_WORDS + RUN_WORDS
        heads = _spans(runs, begins[long], begins[long] + _EDGE_WORDS, np.flatnonzero(long), _EDGE_FRAGMENTS)
        tails = _spans(runs, ends[long] - _EDGE_WORDS, ends[long], np.flatnonzero(long), _EDGE_FRAGMENTS)
        middle = _spans(runs, begins[long], ends[long], np.flatnonzero(long), size - 2 * _EDGE_FRAGMENTS)
        short = _spans(runs, begins[~long], ends[~long], np.flatnonzero(~long), size)
        owner = np.concatenate([part[0] for part in (heads, tails, middle, short)])
        value = np.concatenate([part[1] for part in (heads, tails, middle, short)])
        order = _by_owner(owner.astype(np.uint64), value)
        owner, value = owner[order], value[order]
        fresh = np.ones(len(owner), bool)
        fresh[1:] = (owner[1:] != owner[:-1]) | (value[1:] != value[:-1])
        return _least(owner[fresh].astype(np.uint64), siphash(value[fresh], self._seal), count, size)

    def ends(self, flat: U64, offsets: I64) -> tuple[pa.Array, pa.Array]:
        """Return the hashes of each text's first and last six words; null of a text under twelve words."""
        lengths = np.diff(offsets)
        enough = lengths >= 2 * RUN_WORDS
        edges = []
        for begins in (offsets[:-1][enough], offsets[1:][enough] - RUN_WORDS):
            runs = flat[begins[:, None] + np.arange(RUN_WORDS)] * self._multipliers
            values = np.zeros(len(lengths), np.uint64)
            values[enough] = siphash(_mixed(runs.sum(axis=1, dtype=np.uint64)), self._seal)
            edges.append(pa.array(values, mask=~enough))
        return edges[0], edges[1]


def merged_minhash(
    one: NDArray[np.uint32], other: NDArray[np.uint32], size: int = MINHASH_SIZE
) -> NDArray[np.uint32]:
    """Return the sketch of two texts together; it is the same in whatever order sketches are merged.

    >>> merged_minhash(np.array([1, 5], np.uint32), np.array([2, 5], np.uint32)).tolist()
    [1, 2, 5]
    """
    return np.union1d(one, other)[:size]


def _mixed(values: U64) -> U64:
    """Spread every input bit over all output bits (the finalizer of splitmix64, Steele et al. 2014)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    result: U64 = values ^ (values >> np.uint64(31))
    return result


def _spans(runs: U64, begins: I64, ends: I64, owners: I64, size: int) -> tuple[I64, U64]:
    """Return (owner, value) of the ``size`` least distinct runs of each span."""
    lengths = np.maximum(ends - begins, 0)
    total = int(lengths.sum())
    starts = np.cumsum(lengths) - lengths
    index = np.arange(total) - np.repeat(starts - begins, lengths)
    span = np.repeat(np.arange(len(begins)), lengths)
    value = runs[index]
    order = _by_owner(span.astype(np.uint64), value)
    span, value = span[order], value[order]
    fresh = np.ones(total, bool)
    fresh[1:] = (span[1:] != span[:-1]) | (value[1:] != value[:-1])
    span, value = span[fresh], value[fresh]
    place = np.arange(len(span)) - np.searchsorted(span, span)
    kept = place < size
    return owners[span[kept]], value[kept]


def _by_owner(owner: U64, value: U64) -> I64:
    """Return the order by owner, then value: one sort on the owner's 20 bits and the value's first 44."""
    result: I64 = np.argsort((owner << np.uint64(44)) | (value >> np.uint64(20)))
    return result


def _least(owner: U64, value: NDArray[np.unsignedinteger], count: int, size: int) -> pa.ListArray:
    """Cut values sorted by owner to the first ``size`` of each, as an Arrow list array of ``count`` rows."""
    place = np.arange(len(owner)) - np.searchsorted(owner, owner)
    kept = place < size
    lengths = np.bincount(owner[kept].astype(np.int64), minlength=count)
    offsets = np.zeros(count + 1, np.int32)
    np.cumsum(lengths, out=offsets[1:])
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(value[kept]))
