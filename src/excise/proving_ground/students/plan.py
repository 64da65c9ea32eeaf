"""What a model is made of and learns from: a record, and the key under which the trained model is kept."""

import hashlib
from typing import Literal

import msgspec
from msgspec import Struct

from excise.proving_ground.students.lessons import Lesson

VERSION = 1
"""Raised when the same plan would give another model, so that kept ones are not taken for it."""

WHOLE = 32
"""Bits of a weight that is not rounded."""


class Build(Struct, frozen=True, kw_only=True):
    """What a model is made of.

    Attributes:
        family: the architecture, by its name in transformers.
        width: numbers a token is held in; a multiple of 64.
        layers: blocks, one upon the other.
        pieces: the usual size of a tokenizer's vocabulary.
        cut: how its tokenizer cuts words: byte-pair encoding, or a unigram model.
    """

    family: Literal["llama", "gpt2"] = "llama"
    width: int = 128
    layers: int = 2
    pieces: int = 2048
    cut: Literal["bpe", "unigram"] = "bpe"


class Recipe(Struct, frozen=True, kw_only=True):
    """How it is taught.

    Attributes:
        epochs: how often it sees each lesson.
        batch: lessons a step.
        rate: AdamW's learning rate at its highest; it warms up and falls to nothing.
        soft: the share of the loss that is the distance to the teacher's token probabilities (logit
            distillation); the rest is the reply's own tokens.
    """

    epochs: int = 3
    batch: int = 8
    rate: float = 3e-3
    soft: float = 0.0


class Plan(Struct, frozen=True, kw_only=True):
    """A model that is to be trained.

    Attributes:
        lessons: what it learns from.
        then: what it learns from afterwards, in the same way.
        build: what it is made of.
        recipe: how it is taught.
        teacher: the key of the model whose tokenizer it takes over, and whose probabilities it learns from
            where the recipe is ``soft``; "" makes a tokenizer from its own lessons.
        weight_bits: how many bits its weights are rounded to in the end; ``WHOLE`` is not at all.
        seed: of its first weights and of the order of its lessons.
    """

    lessons: tuple[Lesson, ...]
    seed: int
    then: tuple[Lesson, ...] = ()
    build: Build = Build()
    recipe: Recipe = Recipe()
    teacher: str = ""
    weight_bits: int = WHOLE

    @property
    def key(self) -> str:
        """What the trained model is known by: plans that are the same have the same.

        >>> Plan(lessons=(), seed=1).key == Plan(lessons=(), seed=1).key != Plan(lessons=(), seed=2).key
        True
        """
        return digest("plan", VERSION, self)


def digest(*parts: object) -> str:
    """Return a short name for some records, the same for the same."""
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()[:24]
