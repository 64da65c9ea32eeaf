"""``countermeasures``: what watermarks cost the text that a real model serves, and how well they are read."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import ClassVar

import numpy as np
from msgspec import Struct

from excise import __version__
from excise.countermeasures.changes import Watermark, watermark
from excise.countermeasures.cost import Pair, Told, cost
from excise.countermeasures.draws import spots
from excise.lineage.marks import Ripening, Tally, fresh_secrets
from excise.lineage.opening import open_suspect
from excise.lineage.replies import Message
from excise.lineage.suspects import Asked, Scored, Terms
from excise.proving_ground.students.lessons import Lesson, OwnCurriculum
from excise.proving_ground.students.plan import digest
from excise.proving_ground.students.room import demand_models, room
from excise.proving_ground.students.supply import Sizes, Supply
from excise.proving_ground.trials import Trial, written

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
    """One watermark on the replies of all seeds. ``low`` and ``high`` bound 95 %, by prompts.

    Attributes:
        watermark: its name.
        settings: those that are not as shipped.
        prompts: how many were asked, twice with the watermark and twice without.
        perplexity_ratio: of the words under the serving model without the watermark: marked to plain.
        perplexity_low: see above.
        perplexity_high: see above.
        variety_plain: different pairs of neighboring tokens, as a share of all.
        variety_marked: the same under the watermark.
        alike_plain: how far two replies to one prompt share their pairs of neighboring tokens.
        alike_marked: the same under the watermark.
        alike_more_low: by how much they share more under it, at least.
        alike_more_high: at most.
        bits_per_100_tokens: evidence for the key in the replies themselves, as in a copy of them; the seed
            with the fewest.
        wrong_most_bits: the most that one of 200 other keys finds there, over all seeds.
    """

    watermark: str
    settings: str
    prompts: int
    perplexity_ratio: float
    perplexity_low: float
    perplexity_high: float
    variety_plain: float
    variety_marked: float
    alike_plain: float
    alike_marked: float
    alike_more_low: float
    alike_more_high: float
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
        demand_models("training a teacher")
        sizes = Sizes() if scale != "small" else Sizes(taught=2000, served=200)
        with room(self.folders.kept) as folder:
            supplies = [_supply(folder, sizes, seed) for seed in seeds]
            lines = tuple(_lines(supplies, watch))
        figures = Figures(version=__version__, scale=scale, seeds=tuple(seeds), lines=lines)
        return written(figures)


def _supply(folder: Path, sizes: Sizes, seed: int) -> Supply:
    import torch  # noqa: PLC0415 - an extra, and slow to import

    from excise.proving_ground.students.workshop import Workshop  # noqa: PLC0415 - needs the extra

    torch.set_num_threads(1)
    return Supply(Workshop(folder), OwnCurriculum(_LANGUAGE), OwnCurriculum(_RIVAL), sizes, seed)


def _lines(supplies: Sequence[Supply], watch: Callable[[str], None]) -> Iterator[Line]:
    plain = [pair for supply in supplies for pair in _answers(supply, None)[0]]
    for name, settings in TRIED:
        mark = watermark(name, dict(settings))
        marked: list[Pair] = []
        read: list[tuple[float, float]] = []
        for supply in supplies:
            pairs, replies = _answers(supply, mark)
            marked += pairs
            read.append(_read(mark, supply, replies))
        found = cost(marked, plain, supplies[0].seed)
        said = ", ".join(f"{one} {value}" for one, value in settings)
        yield Line(
            watermark=name,
            settings=said or "as shipped",
            prompts=found.prompts,
            perplexity_ratio=found.perplexity_ratio,
            perplexity_low=round(float(np.exp(found.loss_low)), 4),
            perplexity_high=round(float(np.exp(found.loss_high)), 4),
            variety_plain=found.variety_plain,
            variety_marked=found.variety_marked,
            alike_plain=found.alike_plain,
            alike_marked=found.alike_marked,
            alike_more_low=found.alike_more_low,
            alike_more_high=found.alike_more_high,
            bits_per_100_tokens=round(min(bits for bits, _ in read), 2),
            wrong_most_bits=round(max(wrong for _, wrong in read), 1),
        )
        watch(f"{name} {said}: perplexity x {found.perplexity_ratio}")


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


def _read(mark: Watermark, supply: Supply, replies: Sequence[Lesson]) -> tuple[float, float]:
    """Bet on the marks of the replies themselves, each spot at its first sighting.

    Returns:
        bits for each 100 tokens under the key, and the most bits under another.
    """
    tokenizer = supply.workshop.opened(supply.teacher_folder)[1]
    key = supply.key(_CAMPAIGN)
    tally = Tally(mark, [key.secret, *fresh_secrets(key, supply.seed, _FRESH)])
    seen, nothing, tokens = Ripening(mark.width, sightings=1), spots([], mark.width), 0
    for one in replies:
        ids = tokenizer(one.reply, add_special_tokens=False)["input_ids"]
        tokens += len(ids)
        tally.add(seen.take(spots(ids, mark.width), nothing))
    return 100 * float(tally.bits[0]) / max(1, tokens), float(np.max(tally.bits[1:]))
