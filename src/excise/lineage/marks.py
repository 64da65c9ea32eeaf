"""A key's marks are looked up in a text, and bet on.

Each spot of a text (a context and the token after it) has marks under every key. A text that was written
without a key's part has them at that key's chance, independently at each different spot, however its author
chose the words: the numbers behind the marks are told from random ones only by who can break AES. So the
wealth of a bet that marks come up more often is a fair one, at every moment. Each spot counts once: what an
author repeats is one choice, not many; that alone is where the published z against the chance goes wrong.

The bet is a mixture over how strong the mark is: at a strength ``s``, a mark at a depth of profile ``c``
comes up with probability ``chance + (1 - chance) * s * c``. Mixtures of fair bets are fair.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from excise.countermeasures.campaign_key import CampaignKey, KeyFile, derive
from excise.countermeasures.changes import Watermark, watermark
from excise.countermeasures.draws import I64, Laid, draws_laid, lay, spots
from excise.errors import BadSetting

F64 = NDArray[np.float64]

STRENGTHS = np.geomspace(0.005, 0.6, 12)
"""The strengths that are bet on, in equal shares: all twelve cost 3.6 bits at most, against the right one."""


class Reader:
    """Finds the spots of texts, as the model that served would have cut them into tokens.

    Raises:
        BadSetting: the key file, or its tokenizer, is not there or not in order.
    """

    def __init__(self, key_file: Path) -> None:
        self.file = KeyFile.read(key_file)
        self.watermark = watermark(self.file.countermeasure, self.file.settings)
        self._tokenizer = _tokenizer(self.file.tokenizer_file(key_file))

    def spots(self, text: str) -> I64:
        """Return the spots of a text, shape (spots, width + 1), with repetitions."""
        ids = self._tokenizer.encode(text, add_special_tokens=False).ids
        return spots(ids, self.watermark.width)


class Sum:
    """The marks of spots that were seen so far under one key or many, summed over the spots."""

    def __init__(self, mark: Watermark, secrets: Sequence[bytes]) -> None:
        self.mark = mark
        self._secrets = secrets
        self.count = 0
        self.sums: F64 = np.zeros((len(secrets), len(mark.profile)))

    def add(self, laid: Laid) -> None:
        """Take in more spots, each different from all before."""
        self.count += len(laid.quarter)
        for row, secret in enumerate(self._secrets):
            self.sums[row] += self.mark.marks(draws_laid(secret, laid)).sum(axis=0)

    @property
    def bits(self) -> F64:
        """Log2 of the wealth under each key, shape (keys,)."""
        return bits_of(self.mark, self.sums, self.count)

    @property
    def surplus(self) -> F64:
        """Marks above what chance gives, weighed by the profile, shape (keys,): what keys are ranked by."""
        return np.asarray((self.sums - self.count * self.mark.chance) @ self.mark.profile)

    @property
    def z(self) -> F64:
        """The surplus in standard deviations of what chance gives, shape (keys,)."""
        one = self.mark.chance * (1 - self.mark.chance) * float((self.mark.profile**2).sum())
        return np.asarray(self.surplus / np.sqrt(max(self.count, 1) * one))


def bits_of(mark: Watermark, sums: F64, count: int | NDArray[np.int64]) -> F64:
    """Return the log2 of the wealth from sums of marks.

    Args:
        mark: whose chance and profile are bet on.
        sums: of marks, shape (..., depth).
        count: spots that were summed over, of a shape that fits ``sums[..., 0]``.

    >>> from excise.countermeasures.changes import watermark
    >>> bits_of(watermark("green_list"), np.array([[250.0], [300.0]]), 1_000).round(1).tolist()
    [-1.7, 6.5]
    """
    chance = mark.chance
    likely = chance + (1 - chance) * STRENGTHS[:, None] * mark.profile
    gain, loss = np.log(likely / chance), np.log((1 - likely) / (1 - chance))
    missed = np.asarray(count)[..., None] - sums
    nats = np.einsum("...d,sd->...s", sums, gain) + np.einsum("...d,sd->...s", missed, loss)
    return np.asarray((np.logaddexp.reduce(nats, axis=-1) - np.log(len(STRENGTHS))) / np.log(2))


def fresh_secrets(key: CampaignKey, seed: int, count: int) -> tuple[bytes, ...]:
    """Return keys that marked nothing, as random as the key itself.

    They are drawn from the key and a seed, by HKDF: from the seed alone they would be the same for every key,
    and a key's rank among them would depend on which ones they happen to be.
    """
    return tuple(derive(key.secret, f"fresh {seed} {n}") for n in range(count))


class Spots:
    """Spots that were not seen before, in the order in which they came."""

    def __init__(self) -> None:
        self._seen: set[bytes] = set()
        self.parts: list[Laid] = []
        self.repeated: list[Laid] = []

    def new(self, at: I64, not_in: I64) -> Laid:
        """Return those of ``at`` that are new, once each, and not among ``not_in``, ready to be looked up.

        What stands in the prompt may be repeated from there, whoever wrote the prompt: it is left out.
        """
        shown = {row.tobytes() for row in not_in}
        fresh = []
        for row in at:
            packed = row.tobytes()
            if packed not in shown and packed not in self._seen:
                self._seen.add(packed)
                fresh.append(row)
        laid = lay(np.array(fresh, dtype=np.int64).reshape(-1, at.shape[1]))
        self.parts.append(laid)
        self.repeated.append(lay(at))
        return laid


def joined(parts: Sequence[Laid]) -> Laid:
    """Put spots that were laid one after another together."""
    if not parts:
        return Laid(np.empty((0, 16), dtype=np.uint8), np.empty(0, dtype=np.int64))
    return Laid(np.concatenate([p.blocks for p in parts]), np.concatenate([p.quarter for p in parts]))


def _tokenizer(path: Path) -> Any:  # noqa: ANN401 - an extra that has no types
    try:
        import tokenizers  # noqa: PLC0415 - an extra
    except ImportError:
        raise BadSetting("reading marks needs tokenizers; say: pip install 'excise[lineage]'") from None
    try:
        return tokenizers.Tokenizer.from_file(str(path))
    except Exception as error:  # noqa: BLE001 - the library raises nothing narrower
        raise BadSetting(f"{path}: this is no tokenizer.json ({error})") from None
