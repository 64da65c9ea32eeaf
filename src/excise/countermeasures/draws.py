"""The random numbers behind a watermark: one for each token after each context, known to the key's owner.

A watermark is evidence only as far as nobody without the key can foresee it. Each number is one quarter of an
AES-256 block: of the context's digest and the token, encrypted under the key. Were AES not told from a random
permutation, the numbers of different spots (a context and the token after it) are independent and uniform
whatever text they are looked up in, which is all that the null of ``lineage/methods/keys`` rests on. The
generators of the published schemes are not like that: their seeds are a product of the key and a token's
number, or their keys have 16 bits that count, and their lists differ between a CPU and a GPU.

A block serves four tokens, so that a vocabulary of 150,000 takes a fraction of a millisecond.
"""

import hashlib
from collections.abc import Iterable, Sequence

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from numpy.typing import NDArray

U32 = NDArray[np.uint32]
I64 = NDArray[np.int64]

_PER_BLOCK = 4
_DIGEST = 12


def vocabulary_draws(secret: bytes, context: Sequence[int], size: int) -> U32:
    """Return the numbers of all tokens of a vocabulary after one context, shape (size,).

    Args:
        secret: 32 bytes.
        context: token ids, the last one nearest.
        size: of the vocabulary.

    >>> at = spots([7, 0, 7, 1, 7, 2], 1)[::2]
    >>> vocabulary_draws(bytes(32), [7], 3).tolist() == draws_at(bytes(32), at).tolist()
    True
    """
    blocks = -(-size // _PER_BLOCK)
    laid = np.empty((blocks, 16), dtype=np.uint8)
    laid[:, :_DIGEST] = np.frombuffer(_digest(context), dtype=np.uint8)
    laid[:, _DIGEST:] = np.arange(blocks, dtype="<u4").view(np.uint8).reshape(blocks, 4)
    return _encrypted(secret, laid).reshape(-1)[:size]


def spots(tokens: Sequence[int], width: int) -> I64:
    """Return the spots of a text: each token with the ``width`` tokens before it, shape (spots, width + 1).

    The first ``width`` tokens have no whole context in the text and are no spots.

    >>> spots([5, 6, 7], 1).tolist()
    [[5, 6], [6, 7]]
    """
    if len(tokens) <= width:
        return np.empty((0, width + 1), dtype=np.int64)
    return np.lib.stride_tricks.sliding_window_view(np.asarray(tokens, dtype=np.int64), width + 1).copy()


def draws_at(secret: bytes, at: I64) -> U32:
    """Return the number at each spot, shape (spots,)."""
    return draws_laid(secret, lay(at))


class Laid:
    """Spots made ready to be looked up under many keys."""

    __slots__ = ("blocks", "quarter")

    def __init__(self, blocks: NDArray[np.uint8], quarter: I64) -> None:
        self.blocks = blocks
        self.quarter = quarter


def lay(at: I64) -> Laid:
    """Make spots ready: the digests of their contexts do not depend on a key."""
    blocks = np.empty((len(at), 16), dtype=np.uint8)
    known: dict[bytes, bytes] = {}
    for row, spot in enumerate(at):
        packed = spot[:-1].astype("<i8").tobytes()
        if packed not in known:
            known[packed] = _digest_of(packed)
        blocks[row, :_DIGEST] = np.frombuffer(known[packed], dtype=np.uint8)
    tokens = at[:, -1]
    blocks[:, _DIGEST:] = (tokens // _PER_BLOCK).astype("<u4")[:, None].view(np.uint8)
    return Laid(blocks, tokens % _PER_BLOCK)


def draws_laid(secret: bytes, laid: Laid) -> U32:
    """Return the number at each of the spots that were laid, shape (spots,)."""
    whole = _encrypted(secret, laid.blocks)
    return np.asarray(np.take_along_axis(whole, laid.quarter[:, None], axis=1)[:, 0])


def _encrypted(secret: bytes, blocks: NDArray[np.uint8]) -> U32:
    # Blocks are inputs to a block cipher as a random function, each used once, and hide nothing.
    cipher = Cipher(algorithms.AES256(secret), modes.ECB())  # noqa: S305
    done = cipher.encryptor().update(np.ascontiguousarray(blocks).tobytes())
    return np.frombuffer(done, dtype="<u4").reshape(-1, _PER_BLOCK)


def _digest(context: Iterable[int]) -> bytes:
    return _digest_of(np.asarray(list(context), dtype="<i8").tobytes())


def _digest_of(packed: bytes) -> bytes:
    return hashlib.blake2b(packed, digest_size=_DIGEST).digest()
