"""Serving: a teacher answers prompts, with or without a watermark in its choice of tokens."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import torch
import transformers

from excise.countermeasures.campaign_key import CampaignKey
from excise.countermeasures.changes import Watermark
from excise.countermeasures.decoding import Marking
from excise.proving_ground.dice import Dice
from excise.proving_ground.students.lessons import Lesson
from excise.proving_ground.students.training import before

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

MOST_TOKENS = 40
"""Where a reply is cut off."""

_AT_ONCE = 250


class Mark(NamedTuple):
    """A watermark, and the key of the campaign that the replies go to."""

    watermark: Watermark
    key: CampaignKey


def serve(
    model: "PreTrainedModel",
    tokenizer: "PreTrainedTokenizerFast",
    prompts: Sequence[str],
    seed: int,
    mark: Mark | None = None,
) -> tuple[Lesson, ...]:
    """Answer each prompt once, at temperature 1; replies that turn out empty are sampled again.

    Args:
        model: the teacher.
        tokenizer: its tokenizer.
        prompts: what it is asked.
        seed: of the sampler; another seed gives replies that could as well have been served.
        mark: bends the choice of tokens; None leaves it alone.
    """
    said: dict[int, str] = {}
    missing = list(range(len(prompts)))
    for attempt in range(20):
        if not missing:
            break
        for first in range(0, len(missing), _AT_ONCE):
            # Prompts of like length are answered together, whatever their order, for less padding.
            rows = sorted(missing, key=lambda at: (len(prompts[at]), at))[first : first + _AT_ONCE]
            heads = [before(prompts[at]) for at in rows]
            texts = _sample(model, tokenizer, heads, (seed, attempt, first), mark)
            said.update((at, text) for at, text in zip(rows, texts, strict=True) if text)
        missing = [at for at in missing if at not in said]
    return tuple(Lesson(prompts[at], said[at]) for at in sorted(said))


def _sample(
    model: "PreTrainedModel",
    tokenizer: "PreTrainedTokenizerFast",
    heads: Sequence[str],
    seed: tuple[int, int, int],
    mark: Mark | None,
) -> list[str]:
    cut = [
        [tokenizer.bos_token_id, *tokenizer(head, add_special_tokens=False)["input_ids"]] for head in heads
    ]
    longest = max(map(len, cut))
    end = tokenizer.eos_token_id
    ids = torch.full((len(cut), longest), end)
    mask = torch.zeros_like(ids)
    for at, row in enumerate(cut):
        ids[at, longest - len(row) :] = torch.tensor(row)
        mask[at, longest - len(row) :] = 1
    plain = transformers.GenerationConfig(
        do_sample=True, temperature=1.0, top_k=0, top_p=1.0, max_new_tokens=MOST_TOKENS, pad_token_id=end,
        eos_token_id=end, bos_token_id=tokenizer.bos_token_id,
    )  # fmt: skip
    steps = transformers.LogitsProcessorList()
    if mark is not None:
        steps.append(Marking(mark.watermark, [mark.key] * len(cut), start=longest, pad=end))
    with torch.random.fork_rng(devices=[]), torch.inference_mode():
        torch.manual_seed(Dice.of("serve", *seed).key >> 2)
        made = model.generate(
            input_ids=ids.to(model.device),
            attention_mask=mask.to(model.device),
            generation_config=plain,
            logits_processor=steps,
        )[:, longest:].cpu()
    texts = []
    for row in made.tolist():
        reply = row[: row.index(end)] if end in row else row
        texts.append(tokenizer.decode(reply, skip_special_tokens=True).strip())
    return texts
