"""Removing a watermark without its key: tokens of a reply are drawn anew by a model that has none."""

from typing import TYPE_CHECKING

import torch

from excise.proving_ground.dice import Dice
from excise.proving_ground.students.lessons import Lesson
from excise.proving_ground.students.training import before, lay

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast


def resample(
    model: "PreTrainedModel",
    tokenizer: "PreTrainedTokenizerFast",
    lessons: tuple[Lesson, ...],
    share: float,
    seed: int,
) -> tuple[Lesson, ...]:
    """Return the lessons with about a share of each reply's tokens replaced.

    Each replaced token is drawn from what the model finds likely there, given the reply as it was before it:
    a perturbation as of Zhang et al. 2023 ("Watermarks in the sand"), with a causal model.
    """
    noise = torch.Generator().manual_seed(Dice.of("resample", seed).key >> 2)
    out = []
    with torch.inference_mode():
        for lesson, laid in zip(lessons, lay(tokenizer, lessons), strict=True):
            ids = torch.tensor([laid.ids])
            odds = model(input_ids=ids.to(model.device)).logits[0, laid.start - 1 : -2].float().cpu()
            drawn = torch.multinomial(odds.softmax(-1), 1, generator=noise)[:, 0]
            kept = ids[0, laid.start : -1]
            swap = torch.rand(len(kept), generator=noise) < share
            tokens = torch.where(swap & (drawn > 1), drawn, kept).tolist()
            whole = tokenizer.decode([*laid.ids[1 : laid.start], *tokens])
            text = whole.removeprefix(before(lesson.prompt)).strip()
            out.append(Lesson(lesson.prompt, text or lesson.reply))
    return tuple(out)
