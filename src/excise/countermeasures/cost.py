"""What a watermark costs the text: measured on replies to the same prompts, with and without it.

The serving model itself is the judge: how likely it finds, without the watermark, what it said under it. That
misses what only a reader sees, and is the same for every watermark.
"""

from collections.abc import Sequence
from itertools import pairwise

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

F64 = NDArray[np.float64]

_DRAWS = 1000
_LEVEL = 0.95
_DIGITS = 4


class Told(Struct, frozen=True):
    """A reply in the serving model's own tokens, each with its log-likelihood without the watermark."""

    tokens: tuple[str, ...]
    nats: tuple[float, ...]


class Pair(Struct, frozen=True):
    """Two replies to one prompt, drawn with the same settings and different seeds."""

    one: Told
    other: Told


class Cost(Struct, frozen=True, kw_only=True):
    """What the watermark changes. ``low`` and ``high`` bound 95 % of what other prompts would give.

    Attributes:
        prompts: how many were asked, twice each way.
        tokens_plain: of a reply, on average.
        tokens_marked: the same under the watermark.
        nats_plain: mean log-likelihood of a token.
        nats_marked: the same under the watermark.
        loss: by how many nats a token is less likely under the watermark; below 0 it is likelier.
        loss_low: see above.
        loss_high: see above.
        perplexity_ratio: e to the loss.
        variety_plain: different pairs of neighboring tokens, as a share of all.
        variety_marked: the same under the watermark.
        alike_plain: how far two replies to one prompt share their pairs of neighboring tokens (Jaccard).
        alike_marked: the same under the watermark.
        alike_more: by how much they share more under it.
        alike_more_low: see above.
        alike_more_high: see above.
    """

    prompts: int
    tokens_plain: float
    tokens_marked: float
    nats_plain: float
    nats_marked: float
    loss: float
    loss_low: float
    loss_high: float
    perplexity_ratio: float
    variety_plain: float
    variety_marked: float
    alike_plain: float
    alike_marked: float
    alike_more: float
    alike_more_low: float
    alike_more_high: float


def cost(marked: Sequence[Pair], plain: Sequence[Pair], seed: int) -> Cost:
    """Compare replies to the same prompts, in the same order.

    Args:
        marked: under the watermark.
        plain: without.
        seed: of the bootstrap over prompts (Efron 1979), which gives the bounds.
    """
    ours, theirs = _each(marked), _each(plain)
    rows = np.random.default_rng(seed).integers(len(marked), size=(_DRAWS, len(marked)))
    losses = _nats(theirs[rows]) - _nats(ours[rows])
    mores = (ours[rows][..., 2] - theirs[rows][..., 2]).mean(axis=-1)
    edges = [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2]
    loss = float(_nats(theirs) - _nats(ours))
    found = Cost(
        prompts=len(marked),
        tokens_plain=float(theirs[:, 1].mean() / 2),
        tokens_marked=float(ours[:, 1].mean() / 2),
        nats_plain=float(_nats(theirs)),
        nats_marked=float(_nats(ours)),
        loss=loss,
        loss_low=float(np.quantile(losses, edges[0])),
        loss_high=float(np.quantile(losses, edges[1])),
        perplexity_ratio=float(np.exp(loss)),
        variety_plain=_variety(plain),
        variety_marked=_variety(marked),
        alike_plain=float(theirs[:, 2].mean()),
        alike_marked=float(ours[:, 2].mean()),
        alike_more=float((ours[:, 2] - theirs[:, 2]).mean()),
        alike_more_low=float(np.quantile(mores, edges[0])),
        alike_more_high=float(np.quantile(mores, edges[1])),
    )
    values = {name: getattr(found, name) for name in Cost.__struct_fields__}
    return msgspec.convert({k: round(v, _DIGITS) for k, v in values.items()}, Cost)


def _each(pairs: Sequence[Pair]) -> F64:
    """Return of each prompt: nats, tokens, and how alike the two replies are; shape (prompts, 3)."""
    rows = []
    for pair in pairs:
        both = [set(pairwise(one.tokens)) for one in (pair.one, pair.other)]
        whole = both[0] | both[1]
        alike = len(both[0] & both[1]) / len(whole) if whole else 1.0
        nats = sum(pair.one.nats) + sum(pair.other.nats)
        rows.append((nats, len(pair.one.nats) + len(pair.other.nats), alike))
    return np.array(rows, dtype=float)


def _nats(each: F64) -> F64:
    """Return the mean log-likelihood of a token, over the prompts on the last but one axis."""
    return np.asarray(each[..., 0].sum(axis=-1) / np.maximum(each[..., 1].sum(axis=-1), 1.0))


def _variety(pairs: Sequence[Pair]) -> float:
    said = [two for pair in pairs for one in (pair.one, pair.other) for two in pairwise(one.tokens)]
    return len(set(said)) / max(1, len(said))
