"""A watermark while a reply is made: as a logits processor of transformers, one key for each row of a batch.

It keeps no state between steps: what it does follows from the tokens so far, so that beams may be reordered
and rows may come and go.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from excise.countermeasures.campaign_key import CampaignKey
from excise.countermeasures.changes import Watermark
from excise.countermeasures.draws import U32, draws_at, spots, vocabulary_draws
from excise.errors import BadSetting

_KEPT = 512
"""Contexts whose numbers are kept: common words come again, and a vocabulary's numbers are megabytes."""


class Bender:
    """Bends one row's scores at a time.

    Args:
        watermark: which, with its settings.
        key: the campaign's; None leaves replies as they are.

    >>> from excise.countermeasures.changes import watermark
    >>> Bender(watermark("green_list"), CampaignKey("campaign-7", bytes(32))).context([1, 2, 3])
    (3,)
    """

    def __init__(self, watermark: Watermark, key: CampaignKey) -> None:
        self.watermark = watermark
        self.key = key
        self._draws = lru_cache(maxsize=_KEPT)(self._fresh)

    def context(self, tokens: Sequence[int]) -> tuple[int, ...] | None:
        """Return the tokens on which the next one's marks depend; None where it is not to be marked.

        The prompt counts as context but not as what came before: a reply is marked from its first token on.
        """
        width = self.watermark.width
        return tuple(tokens[-width:]) if len(tokens) >= width else None

    def bent(self, scores: Any, tokens: Sequence[int], start: int) -> Any:  # noqa: ANN401 - a tensor
        """Return the scores of the next token, bent.

        Args:
            scores: log-odds of the vocabulary as sampled from, shape (vocabulary,).
            tokens: prompt and reply so far.
            start: where the reply begins in ``tokens``.
        """
        context = self.context(tokens)
        if context is None or (self.watermark.once and self._came_before(tokens, start)):
            return scores
        return self.watermark.bend(scores, self._draws(context, scores.shape[-1]))

    def _came_before(self, tokens: Sequence[int], start: int) -> bool:
        """Say whether an earlier token of the reply had the same context."""
        width = self.watermark.width
        now = list(tokens[-width:])
        return any(list(tokens[at - width : at]) == now for at in range(max(start, width), len(tokens)))

    def _fresh(self, context: tuple[int, ...], size: int) -> U32:
        return vocabulary_draws(self.key.secret, context, size)


class Marking:
    """A logits processor for ``model.generate``. It bends what is sampled from, so it comes last.

    ``model.generate`` puts its own temperature, top-k and top-p after the processors that it is handed: leave
    them out there (``temperature=1.0, top_k=0, top_p=1.0``) and hand over ``last(marking, ...)``.

    Args:
        watermark: which, with its settings.
        keys: the campaign's key of each row of the batch; None leaves that row alone.
        start: how many tokens the prompts have (padded, as ``input_ids`` of the first step).
        pad: the token that fills up short prompts on the left; it is no context.
    """

    def __init__(
        self, watermark: Watermark, keys: Sequence[CampaignKey | None], *, start: int, pad: int | None = None
    ) -> None:
        if not keys:
            raise BadSetting("a batch has at least one row: give a key, or None, for each prompt")
        # Rows of one campaign share what is kept of its key's numbers.
        by_key = {key.secret: Bender(watermark, key) for key in keys if key is not None}
        self._benders = [None if key is None else by_key[key.secret] for key in keys]
        self._start = start
        self._pad = pad

    def __call__(self, input_ids: Any, scores: Any) -> Any:  # noqa: ANN401 - as transformers calls it
        """Bend the scores of each row by its own key."""
        beams, left = divmod(len(input_ids), len(self._benders))
        if left:
            raise BadSetting(f"{len(input_ids)} rows for {len(self._benders)} keys: give one for each prompt")
        bent = scores.clone()
        for row, tokens in enumerate(input_ids.tolist()):
            bender = self._benders[row // beams]
            if bender is not None:
                skipped = self._padding(tokens)
                bent[row] = bender.bent(scores[row], tokens[skipped:], self._start - skipped)
        return bent

    def _padding(self, tokens: Sequence[int]) -> int:
        if self._pad is None:
            return 0
        # A pad token inside a reply is an end-of-text, and what follows it is dropped anyway.
        return next((at for at, token in enumerate(tokens[: self._start]) if token != self._pad), self._start)


def last(marking: Marking, *, temperature: float = 1.0, top_k: int = 0, top_p: float = 1.0) -> Any:  # noqa: ANN401 - an extra
    """Return transformers' processors for a temperature, top-k and top-p, and the marking after them.

    Raises:
        BadSetting: the temperature is not above 0: where nothing is drawn, nothing can be marked.
    """
    import transformers  # noqa: PLC0415 - an extra, and slow to import

    if temperature <= 0:
        raise BadSetting("a watermark needs a temperature above 0: where nothing is drawn, nothing is marked")
    steps = transformers.LogitsProcessorList([transformers.TemperatureLogitsWarper(float(temperature))])
    if top_k:
        steps.append(transformers.TopKLogitsWarper(top_k))
    if top_p < 1:
        steps.append(transformers.TopPLogitsWarper(top_p))
    steps.append(marking)
    return steps


def share_of_marks(watermark: Watermark, key: CampaignKey, tokens: Sequence[int]) -> float:
    """Return the mean mark over all spots of a text, for a first look; evidence is ``lineage/methods/keys``.

    >>> from excise.countermeasures.changes import watermark
    >>> 0.2 < share_of_marks(watermark("green_list"), CampaignKey("x", bytes(32)), range(5_000)) < 0.3
    True
    """
    return float(np.mean(watermark.marks(draws_at(key.secret, spots(tokens, watermark.width)))))
