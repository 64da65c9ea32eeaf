"""A tokenizer is learned from texts, and a model is made with random weights."""

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

import tokenizers
import torch
import transformers

from excise.proving_ground.students.plan import Build

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

WINDOW = 256
"""The longest prompt and reply together, in tokens."""

_BEGIN, _END = "<s>", "</s>"


def learn_tokenizer(texts: Iterable[str], build: Build) -> "PreTrainedTokenizerFast":
    """Learn from the texts how to cut text into tokens.

    Any text can be cut: what was never seen falls into bytes.
    """
    alphabet = tokenizers.pre_tokenizers.ByteLevel.alphabet()
    settings = {"vocab_size": build.pieces, "special_tokens": [_BEGIN, _END], "show_progress": False}
    models, trainers = tokenizers.models, tokenizers.trainers
    kinds = {"bpe": (models.BPE, trainers.BpeTrainer), "unigram": (models.Unigram, trainers.UnigramTrainer)}
    kind, way = kinds[build.cut]
    cutter, trainer = tokenizers.Tokenizer(kind()), way(initial_alphabet=alphabet, **settings)
    cutter.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    cutter.decoder = tokenizers.decoders.ByteLevel()
    cutter.train_from_iterator(texts, trainer)
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=cutter,
        bos_token=_BEGIN,
        eos_token=_END,
        pad_token=_END,
        clean_up_tokenization_spaces=False,
    )


def make_model(build: Build, vocabulary: int, seed: int) -> "PreTrainedModel":
    """Make an untrained model for a vocabulary of that many tokens."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        heads = max(1, build.width // 64)
        ends = {"bos_token_id": 0, "eos_token_id": 1}
        # A spread of 1/sqrt(width), not the usual 0.02: narrow models start too flat with that.
        spread = 1.0 / math.sqrt(build.width)
        if build.family == "gpt2":
            gpt2 = transformers.GPT2Config(
                vocab_size=vocabulary,
                n_positions=WINDOW,
                n_embd=build.width,
                n_layer=build.layers,
                n_head=heads,
                resid_pdrop=0.0,
                embd_pdrop=0.0,
                attn_pdrop=0.0,
                initializer_range=spread,
                **ends,
            )
            return transformers.GPT2LMHeadModel(gpt2)
        llama = transformers.LlamaConfig(
            vocab_size=vocabulary,
            max_position_embeddings=WINDOW,
            hidden_size=build.width,
            intermediate_size=3 * build.width,
            num_hidden_layers=build.layers,
            num_attention_heads=heads,
            tie_word_embeddings=True,
            initializer_range=spread,
            **ends,
        )
        return transformers.LlamaForCausalLM(llama)


def round_weights(model: "PreTrainedModel", bits: int) -> None:
    """Round each row of each matrix to whole numbers of that many bits times the row's own scale.

    It is what quantization of weights does to a model's output; the rounded numbers are kept as floats.
    """
    largest = 2 ** (bits - 1) - 1
    with torch.no_grad():
        for weights in model.parameters():
            if weights.ndim == 2:
                step = weights.abs().amax(dim=1, keepdim=True).clamp_min(1e-12) / largest
                weights.copy_((weights / step).round() * step)
