"""``countermeasures``: what watermarks cost the text that a real model serves, and how well they are read."""

import importlib.util
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import msgspec
import numpy as np
from msgspec import Struct

from excise import __version__
from excise.countermeasures.changes import Watermark, watermark
from excise.countermeasures.cost import Cost, Pair, Told, cost
from excise.countermeasures.draws import spots
from excise.errors import BadSetting
from excise.lineage.marks import Ripening, Tally, fresh_secrets
from excise.lineage.opening import open_suspect
from excise.lineage.replies import Message
from excise.lineage.suspects import Asked, Scored, Terms
from excise.proving_ground.students.lessons import Lesson, OwnCurriculum
from excise.proving_ground.students.plan import digest
from excise.proving_ground.students.supply import Sizes, Supply
from excise.proving_ground.trials import Trial

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

_LANGUAGE, _RIVAL = 3, 11
_CAMPAIGN = "campaign-a"
_FRESH = 200

TRIED: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("green_list", (("boost", "1.0"),)),
    ("green_list", ()),
    ("green_list", (("boost", "4.0"),)),
    ("tournament", (("depth", "4"),)),
    ("tournament", ()),
    ("tournament", (("width", "4"),)),
)
"""Watermarks and settings; what is not said is as shipped."""


class Line(Struct, frozen=True, kw_only=True):
    """One watermark on the replies of one seed.

    Attributes:
        watermark: its name.
        settings: those that are not as shipped.
        seed: of prompts and replies.
        cost: to the text.
        bits_of_copy: evidence for the key in the replies themselves, as in a copy of them.
        bits_per_100_tokens: the same for each 100 tokens.
        wrong_most_bits: the most that one of 200 other keys finds there.
    """

    watermark: str
    settings: str
    seed: int
    cost: Cost
    bits_of_copy: float
    bits_per_100_tokens: float
    wrong_most_bits: float


class Figures(Struct, frozen=True, kw_only=True):
    """What was measured."""

    version: str
    scale: str
    seeds: tuple[int, ...]
    lines: tuple[Line, ...]


class Countermeasures(Trial):
    """What watermarks cost the text of a trained teacher, at several settings."""

    file: ClassVar[str] = "countermeasures.json"
    takes: ClassVar[frozenset[str]] = frozenset({"kept"})

    def run(self, seeds: Sequence[int], scale: str, watch: Callable[[str], None]) -> bytes:
        """Train the teacher, let it answer each prompt twice with each watermark and without, and compare.

        Raises:
            BadSetting: the extra ``lineage`` is not installed.
        """
        for name in ("torch", "transformers", "tokenizers", "cryptography"):
            if importlib.util.find_spec(name) is None:
                raise BadSetting(f"training a teacher needs {name}; say: pip install 'excise[lineage]'")
        sizes = Sizes() if scale != "small" else Sizes(taught=2000, served=200)
        lines: list[Line] = []
        with _kept(self.folders.kept) as folder:
            for seed in seeds:
                lines += _lines(folder, sizes, seed, watch)
        figures = Figures(version=__version__, scale=scale, seeds=tuple(seeds), lines=tuple(lines))
        return msgspec.json.format(msgspec.json.encode(figures), indent=1) + b"\n"


def _lines(folder: Path, sizes: Sizes, seed: int, watch: Callable[[str], None]) -> Iterator[Line]:
    import torch  # noqa: PLC0415 - an extra, and slow to import

    from excise.proving_ground.students.workshop import Workshop  # noqa: PLC0415 - needs the extra

    torch.set_num_threads(1)
    supply = Supply(Workshop(folder), OwnCurriculum(_LANGUAGE), OwnCurriculum(_RIVAL), sizes, seed)
    plain, _ = _answers(supply, None)
    for name, settings in TRIED:
        mark = watermark(name, dict(settings))
        pairs, replies = _answers(supply, mark)
        found = cost(pairs, plain, seed)
        tokenizer = supply.workshop.opened(supply.teacher_folder)[1]
        key = supply.key(_CAMPAIGN)
        tally = Tally(mark, [key.secret, *fresh_secrets(key, seed, _FRESH)])
        tokens = _read(mark, tokenizer, replies, tally)
        said = ", ".join(f"{one} {value}" for one, value in settings)
        yield Line(
            watermark=name,
            settings=said,
            seed=seed,
            cost=found,
            bits_of_copy=round(float(tally.bits[0]), 1),
            bits_per_100_tokens=round(100 * float(tally.bits[0]) / max(1, tokens), 2),
            wrong_most_bits=round(float(np.max(tally.bits[1:])), 1),
        )
        watch(f"seed {seed}: {name} {said}: perplexity x {found.perplexity_ratio}, {tally.bits[0]:.0f} bits")


def _answers(supply: Supply, mark: Watermark | None) -> tuple[list[Pair], tuple[Lesson, ...]]:
    """Return two replies to each prompt with their likelihoods, and the first of each as it was said."""
    from excise.proving_ground.students.serving import Mark, serve  # noqa: PLC0415 - needs the extra

    chosen = None if mark is None else Mark(mark, supply.key(_CAMPAIGN))
    named = "" if mark is None else (type(mark).__name__, mark.settings)

    def make() -> tuple[tuple[Lesson, ...], tuple[Lesson, ...]]:
        model, tokenizer = supply.workshop.opened(supply.teacher_folder)
        prompts = [one.prompt for one in supply.human]
        one, other = (serve(model, tokenizer, prompts, supply.seed * 2 + n, chosen) for n in (0, 1))
        return one, other

    key = digest("cost", supply.teacher.key, supply.seed, supply.human, named)
    both = supply.workshop.kept(key, tuple[tuple[Lesson, ...], tuple[Lesson, ...]], make)
    judge = open_suspect(f"hf:{supply.teacher_folder}", Terms(device="cpu"))
    told = []
    for replies in both:
        asked = [Asked((Message("user", one.prompt),), one.reply) for one in replies]
        scored = judge.token_log_likelihoods(asked)
        told.append([Told(x.tokens, x.nats) if isinstance(x, Scored) else Told((), ()) for x in scored])
    return [Pair(one, other) for one, other in zip(*told, strict=True)], both[0]


def _read(
    mark: Watermark, tokenizer: "PreTrainedTokenizerFast", replies: Sequence[Lesson], tally: Tally
) -> int:
    """Bet on the marks of the replies themselves, each spot at its first sighting; return their tokens."""
    seen, nothing, tokens = Ripening(mark.width, sightings=1), spots([], mark.width), 0
    for one in replies:
        ids = tokenizer(one.reply, add_special_tokens=False)["input_ids"]
        tokens += len(ids)
        tally.add(seen.take(spots(ids, mark.width), nothing))
    return tokens


@contextmanager
def _kept(folder: Path | None) -> Iterator[Path]:
    """Give the folder, or one that is gone afterwards."""
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        yield folder
    else:
        with tempfile.TemporaryDirectory(prefix="excise-students-") as made:
            yield Path(made)
