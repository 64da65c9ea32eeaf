"""Text is drawn from a local model, many prompts at a time, each with a seed of its own.

Drawing from a distribution is taking the largest of its log-probabilities after Gumbel noise was added
(Gumbel 1954; Maddison, Tarlow and Minka 2014, "A* sampling"). With noise from a generator of its own in each
row, a batch gives each prompt what it would get alone.
"""

from collections.abc import Sequence
from typing import Any

from excise.lineage.replies import Sampling

_COLD = 1e-5
"""A temperature this low is none: the likeliest token is taken."""


class _Noise:
    """A logits processor: adds each row's own Gumbel noise, so that the largest logit is a sample."""

    def __init__(self, seeds: Sequence[int]) -> None:
        import torch  # noqa: PLC0415 - an extra, and slow to import

        self._rows = [torch.Generator().manual_seed(seed % 2**63) for seed in seeds]

    def __call__(self, input_ids: Any, scores: Any) -> Any:  # noqa: ANN401, ARG002 - as transformers calls it
        import torch  # noqa: PLC0415 - an extra, and slow to import

        size = scores.shape[-1]
        uniform = torch.stack([torch.rand(size, generator=row, dtype=torch.float64) for row in self._rows])
        tiny = torch.finfo(torch.float64).tiny
        noise = -torch.log(-torch.log(uniform.clamp_min(tiny)))
        return scores.double() + noise.to(scores.device)


def cannot(sampling: Sampling) -> str:
    """Return what of it is not done here, "" where all is.

    >>> cannot(Sampling(temperature=0.5)), cannot(Sampling(presence_penalty=1.0))
    ('', 'presence_penalty')
    """
    if sampling.more:
        return sampling.more
    undone = [name for name in ("presence_penalty", "frequency_penalty") if getattr(sampling, name)]
    return ", ".join(undone)


def generate(
    model: Any,  # noqa: ANN401 - transformers has no type for it that holds
    tokenizer: Any,  # noqa: ANN401 - as the model
    heads: Sequence[Sequence[int]],
    *,
    sampling: Sampling,
    max_tokens: int,
    seeds: Sequence[int],
) -> list[tuple[str, tuple[int, ...]]]:
    """Continue each of ``heads`` (token ids) by at most ``max_tokens``, and return texts and tokens.

    Args:
        model: a causal language model of transformers, in evaluation mode.
        tokenizer: its tokenizer.
        heads: what comes before, each at least one token.
        sampling: temperature (None is 1, 0 takes the likeliest) and the rest, see ``cannot``.
        max_tokens: the most that are made for each.
        seeds: one for each of ``heads``.
    """
    import torch  # noqa: PLC0415 - an extra, and slow to import
    import transformers  # noqa: PLC0415 - an extra, and slow to import

    longest = max(map(len, heads))
    pad = next((i for i in (tokenizer.pad_token_id, tokenizer.eos_token_id) if i is not None), 0)
    ids = torch.full((len(heads), longest), pad, dtype=torch.long)
    mask = torch.zeros((len(heads), longest), dtype=torch.long)
    for at, head in enumerate(heads):
        ids[at, longest - len(head) :] = torch.tensor(head)
        mask[at, longest - len(head) :] = 1
    steps = transformers.LogitsProcessorList()
    if sampling.repetition_penalty not in (None, 1.0):
        steps.append(transformers.RepetitionPenaltyLogitsProcessor(float(sampling.repetition_penalty)))
    temperature = 1.0 if sampling.temperature is None else sampling.temperature
    if temperature > _COLD:
        steps.append(transformers.TemperatureLogitsWarper(float(temperature)))
        if sampling.min_p:
            steps.append(transformers.MinPLogitsWarper(sampling.min_p))
        if sampling.top_k:
            steps.append(transformers.TopKLogitsWarper(sampling.top_k))
        if sampling.top_p is not None and sampling.top_p < 1:
            steps.append(transformers.TopPLogitsWarper(sampling.top_p))
        steps.append(_Noise(seeds))
    plain = transformers.GenerationConfig(
        do_sample=False,
        max_new_tokens=max_tokens,
        pad_token_id=pad,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=_ends(model, tokenizer),
    )
    with torch.inference_mode():
        whole = model.generate(
            input_ids=ids.to(model.device),
            attention_mask=mask.to(model.device),
            generation_config=plain,
            logits_processor=steps,
        ).cpu()
    ends = set(_ends(model, tokenizer) or ())
    return [_continued(tokenizer, head, whole[at, longest:].tolist(), ends) for at, head in enumerate(heads)]


def _ends(model: Any, tokenizer: Any) -> list[int] | None:  # noqa: ANN401 - as above
    """Return the tokens that end a reply: what the model's own settings say, else the tokenizer's."""
    said = getattr(model.generation_config, "eos_token_id", None)
    said = tokenizer.eos_token_id if said is None else said
    if said is None:
        return None
    return [said] if isinstance(said, int) else list(said)


def _continued(
    tokenizer: Any,  # noqa: ANN401 - as above
    head: Sequence[int],
    made: Sequence[int],
    ends: set[int],
) -> tuple[str, tuple[int, ...]]:
    """Return what was made, up to its end, as the text that it adds to the head's."""
    stop = next((at for at, token in enumerate(made) if token in ends), len(made))
    tokens = tuple(made[:stop])
    before = tokenizer.decode(list(head), skip_special_tokens=True)
    whole = tokenizer.decode([*head, *tokens], skip_special_tokens=True)
    # Some tokenizers write a blank only between tokens: the difference is what the reply adds.
    text = (
        whole[len(before) :]
        if whole.startswith(before)
        else tokenizer.decode(tokens, skip_special_tokens=True)
    )
    return text, tokens
