"""Dice: seeded draws that are cheap to make, cheap to throw and the same on every machine.

A world is composed of millions of small choices. Each is drawn from dice that were named by a path of keys
(``Dice.of(7, "campaign", 3)``), so any part of a world can be composed alone and comes out the same.
"""

import math
from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

import numpy as np

T = TypeVar("T")
_MASK = (1 << 64) - 1


class Dice:
    """A stream of draws named by its keys (SplitMix64: Steele, Lea and Flood, OOPSLA 2014, figure 16).

    >>> Dice.of(7, "campaign", 3).below(1000) == Dice.of(7, "campaign", 3).below(1000)
    True
    """

    __slots__ = ("_state", "key")

    def __init__(self, key: int) -> None:
        self.key = key
        self._state = key

    @classmethod
    def of(cls, *keys: int | str) -> "Dice":
        """Name a stream by a path of keys; streams of different paths are independent."""
        text = "\x1f".join(map(str, keys)).encode()
        return cls(int.from_bytes(blake2b(text, digest_size=8).digest(), "big"))

    def fork(self, *keys: int | str) -> "Dice":
        """Name a stream below this one; it does not depend on what was thrown so far."""
        return Dice.of(self.key, *keys)

    def numpy(self, *keys: int | str) -> np.random.Generator:
        """Return a NumPy generator below this stream, for arrays of draws."""
        return np.random.default_rng(self.fork("numpy", *keys).key)

    def bits(self) -> int:
        """Draw 64 random bits."""
        self._state = s = (self._state + 0x9E3779B97F4A7C15) & _MASK
        s = ((s ^ (s >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        s = ((s ^ (s >> 27)) * 0x94D049BB133111EB) & _MASK
        return s ^ (s >> 31)

    def below(self, n: int) -> int:
        """Draw a whole number from 0 to n - 1."""
        return ((self.bits() >> 11) * n) >> 53

    def between(self, low: int, high: int) -> int:
        """Draw a whole number from low to high, both included."""
        return low + self.below(high - low + 1)

    def uniform(self, low: float = 0.0, high: float = 1.0) -> float:
        """Draw a number from low up to high."""
        return low + (high - low) * ((self.bits() >> 11) / 9007199254740992.0)

    def log_uniform(self, low: float, high: float) -> float:
        """Draw a number whose logarithm is uniform."""
        return float(math.exp(self.uniform(math.log(low), math.log(high))))

    def log_normal(self, median: float, sigma: float) -> float:
        """Draw a number whose logarithm is normal (Box and Muller 1958)."""
        u, v = self.uniform(), self.uniform()
        z = math.sqrt(-2.0 * math.log(1.0 - u)) * math.cos(2.0 * math.pi * v)
        return float(median * math.exp(sigma * z))

    def chance(self, p: float) -> bool:
        """Draw true with probability p."""
        return (self.bits() >> 11) / 9007199254740992.0 < p

    def pick(self, options: Sequence[T]) -> T:
        """Draw one of several, all alike."""
        return options[((self.bits() >> 11) * len(options)) >> 53]

    def weighed(self, options: dict[T, float]) -> T:
        """Draw one of several by weight."""
        left = self.uniform(0.0, sum(options.values()))
        for option, weight in options.items():
            left -= weight
            if left < 0:
                return option
        return next(reversed(options))

    def some(self, options: Sequence[T], count: int) -> list[T]:
        """Draw several different ones (all of them where there are fewer), in random order."""
        left = list(options)
        out: list[T] = []
        while left and len(out) < count:
            at = self.below(len(left))
            left[at], left[-1] = left[-1], left[at]
            out.append(left.pop())
        return out

    def hex(self, digits: int) -> str:
        """Draw a string of hexadecimal digits (up to 32)."""
        return f"{(self.bits() << 64) | self.bits():032x}"[:digits]
