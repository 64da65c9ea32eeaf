"""Training: a causal model learns to give the replies to the prompts, and from a teacher's probabilities."""

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch

from excise.lineage.opening import rendered
from excise.lineage.replies import Message
from excise.proving_ground.students.building import WINDOW
from excise.proving_ground.students.lessons import Lesson
from excise.proving_ground.students.plan import Recipe

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

_WARM = 0.05
"""The share of steps in which the learning rate rises."""

_IGNORED = -100
_SORTED = 16
"""Batches are made of lessons of like length, from this many batches' worth at a time."""


class Laid(NamedTuple):
    """A lesson as token ids; the reply's are those from ``start`` on."""

    ids: list[int]
    start: int


def before(prompt: str) -> str:
    """Return what stands before a reply: what a suspect in Hugging Face's format is asked with."""
    return rendered((Message("user", prompt),))


def lay(tokenizer: "PreTrainedTokenizerFast", lessons: Sequence[Lesson]) -> list[Laid]:
    """Cut prompts and replies into tokens, with a beginning and an end, as far as the window goes."""
    out = []
    for lesson in lessons:
        head = before(lesson.prompt)
        cut = tokenizer(head + lesson.reply, add_special_tokens=False, return_offsets_mapping=True)
        ids = [tokenizer.bos_token_id, *cut["input_ids"], tokenizer.eos_token_id]
        start = next((n for n, (_, end) in enumerate(cut["offset_mapping"]) if end > len(head)), len(ids) - 2)
        out.append(Laid(ids[:WINDOW], start + 1))
    return out


def teach(
    model: "PreTrainedModel",
    laid: Sequence[Laid],
    recipe: Recipe,
    seed: int,
    teacher: "PreTrainedModel | None" = None,
) -> list[float]:
    """Train the model, and return each epoch's mean loss in nats a token.

    Args:
        model: is changed.
        laid: the lessons.
        recipe: how.
        seed: of the order of the lessons.
        teacher: whose probabilities it learns from where the recipe is ``soft``; it has the same tokenizer.
    """
    rng = np.random.default_rng(seed)
    steps = recipe.epochs * math.ceil(len(laid) / recipe.batch)
    fused = model.device.type in ("cpu", "cuda")
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=recipe.rate, betas=(0.9, 0.95), weight_decay=0.0, fused=fused
    )
    warm = max(1.0, _WARM * steps)
    pace = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / warm) * max(0.02, 1.0 - step / steps)
    )
    model.train()
    losses = []
    for _ in range(recipe.epochs):
        total, count = 0.0, 0
        for rows in _batches(laid, recipe.batch, rng):
            loss = _loss(model, rows, recipe, teacher)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            pace.step()
            total, count = total + float(loss.detach()), count + 1
        losses.append(total / max(1, count))
    model.eval()
    return losses


def _loss(
    model: "PreTrainedModel", rows: Sequence[Laid], recipe: Recipe, teacher: "PreTrainedModel | None"
) -> "torch.Tensor":
    ids, labels = _stacked(rows)
    ids, labels = ids.to(model.device), labels[:, 1:].to(model.device)
    counts = labels != _IGNORED
    # What comes after the end needs no mask: no token of a lesson looks ahead.
    hidden = model.base_model(input_ids=ids).last_hidden_state[:, :-1][counts]
    logits = model.lm_head(hidden)
    hard = torch.nn.functional.cross_entropy(logits, labels[counts])
    if teacher is None or recipe.soft <= 0:
        return hard
    with torch.no_grad():
        known = teacher.lm_head(teacher.base_model(input_ids=ids).last_hidden_state[:, :-1][counts])
    soft = torch.nn.functional.kl_div(
        logits.log_softmax(-1), known.log_softmax(-1), log_target=True, reduction="batchmean"
    )
    return (1.0 - recipe.soft) * hard + recipe.soft * soft


def _batches(laid: Sequence[Laid], size: int, rng: np.random.Generator) -> Iterator[list[Laid]]:
    order = rng.permutation(len(laid))
    found: list[list[Laid]] = []
    for first in range(0, len(order), size * _SORTED):
        near = sorted(order[first : first + size * _SORTED], key=lambda row: len(laid[row].ids))
        found += [[laid[row] for row in near[at : at + size]] for at in range(0, len(near), size)]
    for at in rng.permutation(len(found)):
        yield found[at]


def _stacked(rows: Sequence[Laid]) -> "tuple[torch.Tensor, torch.Tensor]":
    longest = max(len(row.ids) for row in rows)
    ids = torch.ones((len(rows), longest), dtype=torch.long)
    labels = torch.full((len(rows), longest), _IGNORED)
    for at, row in enumerate(rows):
        ids[at, : len(row.ids)] = torch.tensor(row.ids)
        labels[at, row.start : len(row.ids)] = torch.tensor(row.ids[row.start :])
    return ids, labels
