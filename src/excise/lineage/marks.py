"""A key's marks are looked up in a text, and bet on.

Each spot of a text (a context and the token after it) has marks under every key. A text that was written
without a key's part has them at that key's chance, independently at each different spot, however its author
chose the words: the numbers behind the marks are told from random ones only by who can break AES. So the
wealth of a bet that marks come up more often is a fair one, at every moment. Each spot is looked up once:
what an author repeats is one choice, not many; that is where the published z against the chance goes wrong.

*Which* spots are looked up, when, and how much is bet on each may depend on the text so far in any way, as
the text does not know the key. A student of marked text says again what it took over, and its slips only
once: so a spot is looked up when it was said for the third time (``SIGHTINGS``), and the more is bet on it
the less often its token follows its context, for where there was one way to go on, there was nothing to mark.

The bet is a mixture over how strong the mark is: at a strength ``s``, a mark at a depth of profile ``c`` and
a spot of weight ``w`` comes up with probability ``chance + (1 - chance) * s * w * c``. Mixtures of fair bets
are fair.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from excise.countermeasures.campaign_key import CampaignKey, KeyFile, derive
from excise.countermeasures.changes import Watermark, watermark
from excise.countermeasures.draws import I64, Laid, draws_laid, lay, spots
from excise.errors import BadSetting

F64 = NDArray[np.float64]

STRENGTHS = np.geomspace(0.01, 1.0, 12)
"""The strengths that are bet on, in equal shares: all twelve cost 3.6 bits at most, against the right one."""

SIGHTINGS = 3
"""In how many answers a spot is said before it is looked up."""

_MOST_SURE = 0.95
_AT_ONCE = 4096
_MOST_MARKS = 2**20


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


class Spots(NamedTuple):
    """Spots that are ripe to be looked up, and what weight each is given, shape (spots,), 0 to 1."""

    laid: Laid
    weights: F64

    def part(self, first: int, end: int) -> "Spots":
        """Return some of them."""
        laid = Laid(self.laid.blocks[first:end], self.laid.quarter[first:end])
        return Spots(laid, self.weights[first:end])


class Tally:
    """The bets on the marks of one key or many: their wealth, and what it comes from.

    Args:
        mark: whose chance and profile are bet on.
        secrets: of the keys.
    """

    def __init__(self, mark: Watermark, secrets: Sequence[bytes]) -> None:
        self._mark = mark
        self._secrets = secrets
        self._nats: F64 = np.zeros((len(secrets), len(STRENGTHS)))
        self._variance = 0.0
        self.count = 0
        self.surplus: F64 = np.zeros(len(secrets))
        """Marks above what chance gives, weighed, shape (keys,): what keys are ranked by."""

    def add(self, found: Spots) -> None:
        """Look up more spots, each different from all before."""
        for first in range(0, len(found.weights), _AT_ONCE):
            self._add(found.part(first, first + _AT_ONCE))

    def _add(self, found: Spots) -> None:
        chance, profile, weights = self._mark.chance, self._mark.profile, found.weights
        sure = np.minimum(STRENGTHS[:, None, None] * weights[:, None], _MOST_SURE) * profile
        gain, loss = np.log1p(sure * (1 - chance) / chance), np.log1p(-sure)
        each = (gain - loss).reshape(len(STRENGTHS), -1).T
        weighed = np.outer(weights, profile).ravel()
        keys = max(1, _MOST_MARKS // max(1, len(weighed)))
        for first in range(0, len(self._secrets), keys):
            rows = slice(first, first + keys)
            draws = np.stack([draws_laid(secret, found.laid) for secret in self._secrets[rows]])
            marks = self._mark.marks(draws).reshape(len(draws), -1).astype(float)
            self._nats[rows] += marks @ each + loss.sum(axis=(1, 2))
            self.surplus[rows] += marks @ weighed - chance * weighed.sum()
        self._variance += chance * (1 - chance) * float((weights**2).sum() * (profile**2).sum())
        self.count += len(weights)

    @property
    def bits(self) -> F64:
        """Log2 of the wealth under each key, shape (keys,)."""
        nats = np.logaddexp.reduce(self._nats, axis=1) - np.log(len(STRENGTHS))
        return np.asarray(nats / np.log(2))

    @property
    def z(self) -> F64:
        """The surplus in standard deviations of what chance gives, shape (keys,)."""
        return np.asarray(self.surplus / np.sqrt(max(self._variance, 1e-300)))


def fresh_secrets(key: CampaignKey, seed: int, count: int) -> tuple[bytes, ...]:
    """Return keys that marked nothing, as random as the key itself.

    They are drawn from the key and a seed, by HKDF: from the seed alone they would be the same for every key,
    and a key's rank among them would depend on which ones they happen to be.
    """
    return tuple(derive(key.secret, f"fresh {seed} {n}") for n in range(count))


class Ripening:
    """Spots of answers, each held until it was said often enough.

    Args:
        width: tokens of context.
        sightings: in how many answers a spot has to be said.
    """

    def __init__(self, width: int, sightings: int = SIGHTINGS) -> None:
        self._width = width
        self._sightings = sightings
        self._said: Counter[bytes] = Counter()
        self._contexts: Counter[bytes] = Counter()
        self.ripe: list[Spots] = []
        """All that became ripe, answer by answer."""
        self.all: list[Spots] = []
        """Every token of every answer, at the same weight: what the published statistic counts."""

    def take(self, at: I64, shown: I64) -> Spots:
        """Take in the spots of an answer, and return those that are now ripe.

        What stands in the prompt may be repeated from there, whoever wrote the prompt: it does not count.
        """
        size = at.dtype.itemsize
        known = {row.tobytes() for row in shown}
        rows, weights = [], []
        for packed, row in {row.tobytes(): row for row in at}.items():
            if packed in known:
                continue
            context = packed[:-size]
            self._contexts[context] += 1
            self._said[packed] += 1
            if self._said[packed] == self._sightings:
                rows.append(row)
                weights.append((context, self._sightings))
        shares = [times / self._contexts[context] for context, times in weights]
        laid = lay(np.array(rows, dtype=np.int64).reshape(-1, self._width + 1))
        self.ripe.append(Spots(laid, 1.0 - np.array(shares, dtype=float)))
        self.all.append(Spots(lay(at), np.ones(len(at))))
        return self.ripe[-1]


def joined(parts: Sequence[Spots]) -> Spots:
    """Put spots that were found one after another together."""
    if not parts:
        return Spots(Laid(np.empty((0, 16), dtype=np.uint8), np.empty(0, dtype=np.int64)), np.empty(0))
    blocks = np.concatenate([one.laid.blocks for one in parts])
    laid = Laid(blocks, np.concatenate([one.laid.quarter for one in parts]))
    return Spots(laid, np.concatenate([one.weights for one in parts]))


def _tokenizer(path: Path) -> Any:  # noqa: ANN401 - an extra that has no types
    try:
        import tokenizers  # noqa: PLC0415 - an extra
    except ImportError:
        raise BadSetting("reading marks needs tokenizers; say: pip install 'excise[lineage]'") from None
    try:
        return tokenizers.Tokenizer.from_file(str(path))
    except Exception as error:  # noqa: BLE001 - the library raises nothing narrower
        raise BadSetting(f"{path}: this is no tokenizer.json ({error})") from None
