"""Keyed hashes: the published vectors, and that nothing matches under another key."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from excise.observation.keyed import KeyedHash, WordHashes, siphash

KEYS = st.binary(min_size=32, max_size=32)


def _reference_siphash(value: int, key: bytes) -> int:
    """SipHash-2-4 of one 8-byte message, written from the paper with Python's whole numbers."""
    mask = 2**64 - 1
    k0, k1 = int.from_bytes(key[:8], "little"), int.from_bytes(key[8:16], "little")
    v = [k0 ^ 0x736F6D6570736575, k1 ^ 0x646F72616E646F6D, k0 ^ 0x6C7967656E657261, k1 ^ 0x7465646279746573]

    def turned(x: int, by: int) -> int:
        return ((x << by) | (x >> (64 - by))) & mask

    def rounds(times: int) -> None:
        for _ in range(times):
            v[0] = (v[0] + v[1]) & mask
            v[1] = turned(v[1], 13) ^ v[0]
            v[0] = turned(v[0], 32)
            v[2] = (v[2] + v[3]) & mask
            v[3] = turned(v[3], 16) ^ v[2]
            v[0] = (v[0] + v[3]) & mask
            v[3] = turned(v[3], 21) ^ v[0]
            v[2] = (v[2] + v[1]) & mask
            v[1] = turned(v[1], 17) ^ v[2]
            v[2] = turned(v[2], 32)

    for block in (value, 8 << 56):
        v[3] ^= block
        rounds(2)
        v[0] ^= block
    v[2] ^= 0xFF
    rounds(4)
    return v[0] ^ v[1] ^ v[2] ^ v[3]


def test_siphash_gives_the_published_vector() -> None:
    """The eighth of the 64 vectors of the authors' reference implementation: key 00..0f, message 00..07."""
    message = np.array([int.from_bytes(bytes(range(8)), "little")], dtype=np.uint64)
    found = siphash(message, bytes(range(16)))
    assert int(found[0]).to_bytes(8, "little") == bytes.fromhex("6224939a79f5f593")


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=5), st.binary(min_size=16, max_size=16))
def test_siphash_of_many_is_siphash_of_each(values: list[int], key: bytes) -> None:
    found = siphash(np.array(values, dtype=np.uint64), key).tolist()
    assert found == [_reference_siphash(value, key) for value in values]


@settings(max_examples=25, deadline=None)
@given(KEYS, KEYS, st.lists(st.text(max_size=12), max_size=4), st.lists(st.text(max_size=12), max_size=4))
def test_a_hash_says_equality_and_nothing_across_keys(
    one: bytes, other: bytes, texts: list[str], more: list[str]
) -> None:
    """A false alarm takes two 64-bit hashes that collide: once in 10^17 runs."""
    first, second = KeyedHash(one), KeyedHash(other)
    assert (first.of_all(texts) == first.of_all(more)) == (texts == more)
    assert (first.of_all(texts) == second.of_all(texts)) == (one == other)
    assert (first.of("".join(texts)) == second.of("".join(texts))) == (one == other)


def test_where_a_text_ends_counts() -> None:
    hashed = KeyedHash(bytes(32))
    assert hashed.of_all(["ab", "c"]) != hashed.of_all(["a", "bc"])
    assert hashed.of_all(["abc"]) != hashed.of("abc")


def test_what_no_encoding_can_write_is_hashed_too() -> None:
    assert KeyedHash(bytes(32)).of("\ud800") != KeyedHash(bytes(32)).of("\ud801")


def test_all_numbers_are_one_word() -> None:
    words = WordHashes(bytes(32))
    assert words["7"] == words["2025"] == words["0"]
    assert words["7a"] != words["7"]


def test_a_full_memory_changes_no_hash(monkeypatch) -> None:
    monkeypatch.setattr("excise.observation.keyed._MOST_WORDS_REMEMBERED", 3)
    words = WordHashes(bytes(32))
    names = [f"word{n}" for n in range(10)]
    first = [words[name] for name in names]
    assert len(words) <= 3
    assert [words[name] for name in names] == first
    assert len(set(first)) == 10
