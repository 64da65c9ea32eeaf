"""Keyed hashes of words: what is stored can be compared, and cannot be looked up without the secret."""

import hashlib

import numpy as np
from numpy.typing import NDArray

U64 = NDArray[np.uint64]

_MOST_WORDS_REMEMBERED = 300_000


class KeyedHash:
    """A pseudorandom function of texts under one key: BLAKE2b in its keyed mode (RFC 7693), cut to 8 bytes.

    >>> one, other = KeyedHash(bytes(32)), KeyedHash(bytes([1]) * 32)
    >>> one.of("hello") == one.of("hello"), one.of("hello") == other.of("hello")
    (True, False)
    """

    def __init__(self, key: bytes) -> None:
        self._blank = hashlib.blake2b(digest_size=8, key=key)

    def of(self, text: str) -> int:
        """Return the 64-bit hash of a text."""
        state = self._blank.copy()
        state.update(text.encode("utf-8", "surrogatepass"))
        return int.from_bytes(state.digest(), "little")

    def of_all(self, texts: list[str]) -> int:
        """Return the 64-bit hash of a sequence of texts; where one ends and the next begins counts."""
        lengths = ",".join([str(len(text)) for text in texts])
        return self.of("\0".join([lengths, *texts]))


class WordHashes(dict[str, int]):
    """Keyed hashes of single words, remembered while there is room.

    All numbers hash alike, as templates vary them.
    """

    def __init__(self, key: bytes) -> None:
        super().__init__()
        self._hash = KeyedHash(key)

    def __missing__(self, word: str) -> int:
        """Hash a word not met before."""
        if len(self) >= _MOST_WORDS_REMEMBERED:
            self.clear()
        value = self._hash.of("0" if word.isdigit() else word)
        self[word] = value
        return value


def siphash(values: U64, key: bytes) -> U64:
    """Apply SipHash-2-4 to each 8-byte value (Aumasson and Bernstein 2012), vectorized.

    Args:
        values: shape (n,).
        key: 16 bytes.

    Returns:
        Shape (n,): pseudorandom under the key, so what is stored reveals equality alone.

    >>> key = bytes(range(16))
    >>> hex(siphash(np.array([0x0706050403020100], dtype=np.uint64), key)[0])
    '0x93f5f5799a932462'
    """
    k0, k1 = (np.uint64(int.from_bytes(key[at : at + 8], "little")) for at in (0, 8))
    v0 = np.full(values.shape, k0 ^ np.uint64(0x736F6D6570736575))
    v1 = np.full(values.shape, k1 ^ np.uint64(0x646F72616E646F6D))
    v2 = np.full(values.shape, k0 ^ np.uint64(0x6C7967656E657261))
    v3 = k1 ^ np.uint64(0x7465646279746573) ^ values
    v0, v1, v2, v3 = _rounds(2, v0, v1, v2, v3)
    v0 ^= values
    length = np.uint64(8 << 56)
    v3 = v3 ^ length
    v0, v1, v2, v3 = _rounds(2, v0, v1, v2, v3)
    v0 ^= length
    v2 ^= np.uint64(0xFF)
    v0, v1, v2, v3 = _rounds(4, v0, v1, v2, v3)
    result: U64 = v0 ^ v1 ^ v2 ^ v3
    return result


def _rotated(value: U64, by: int) -> U64:
    result: U64 = (value << np.uint64(by)) | (value >> np.uint64(64 - by))
    return result


def _rounds(count: int, v0: U64, v1: U64, v2: U64, v3: U64) -> tuple[U64, U64, U64, U64]:
    for _ in range(count):
        v0 = v0 + v1
        v1 = _rotated(v1, 13) ^ v0
        v0 = _rotated(v0, 32)
        v2 = v2 + v3
        v3 = _rotated(v3, 16) ^ v2
        v0 = v0 + v3
        v3 = _rotated(v3, 21) ^ v0
        v2 = v2 + v1
        v1 = _rotated(v1, 17) ^ v2
        v2 = _rotated(v2, 32)
    return v0, v1, v2, v3
