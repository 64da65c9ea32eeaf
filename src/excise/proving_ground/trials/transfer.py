"""Whether detection transfers: to tactics, honest kinds and content that it was not measured on."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from excise import __version__
from excise.detection.calibration import Reference, calibrate
from excise.detection.forest import Forest
from excise.detection.weigher import detectors
from excise.proving_ground.content.own import all_grammars
from excise.proving_ground.draw import SCALES, draw
from excise.proving_ground.growing import grow
from excise.proving_ground.kept import once
from excise.proving_ground.populations import honest_kinds, tactic_kinds
from excise.proving_ground.readings import Readings
from excise.proving_ground.score import Links, Share, Verdict, score
from excise.proving_ground.trials import TAUGHT, Trial, Views, judged, viewed, written
from excise.proving_ground.unfamiliar import ranks, unfamiliar

FOLDS = 4
_TO_LEARN = 6
"""Worlds to learn from, for each that is reported; no more than the shipped forest was grown on."""

_BITS = (2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
_RATES = (0.001, 0.01)

F64 = NDArray[np.float64]


class World(msgspec.Struct, frozen=True):
    """A world whose tactics, some of whose honest kinds and whose content were left out before."""

    seed: int
    fold: int
    harvesting: int
    recall: dict[str, float]
    campaigns: dict[str, float]
    links: Links | None = None


class Claims(msgspec.Struct, frozen=True):
    """How many of the honest actors claim so many bits, and how many may: ``2^-bits`` of them."""

    bits: int
    allowed: float
    claimed: Share


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What is reported. ``calibration`` is by honest kind; ``""`` is all of them."""

    version: str
    scale: str
    seeds: tuple[int, ...]
    folds: int
    median_recall: dict[str, float]
    worst_quarter_recall: dict[str, float]
    median_campaigns: dict[str, float]
    median_pair_f1: float
    median_actor_f1: float
    median_bcubed_precision: float
    ceiling_bits: float
    honest_actors: int
    by_tactic: dict[str, Share]
    calibration: dict[str, tuple[Claims, ...]]
    worlds: tuple[World, ...]


class Fold(NamedTuple):
    """What a fold leaves out of what is learned from."""

    tactics: tuple[str, ...]
    kinds: tuple[str, ...]
    grammars: tuple[str, ...]


class Taught(NamedTuple):
    """What was learned without what a fold leaves out."""

    number: int
    fold: Fold
    forest: Forest
    reference: Reference


class Told(msgspec.Struct, frozen=True):
    """What one world adds: ``caught`` of ``of`` accounts by tactic, and the bits of left-out honest kinds."""

    world: World
    caught: dict[str, tuple[int, int]]
    claims: dict[str, list[float]]


class Tally:
    """What is counted over all worlds: who was caught, by tactic, and what the left-out honest claim."""

    def __init__(self) -> None:
        self.caught: dict[str, list[bool]] = {}
        self.claims: dict[str, list[float]] = {}

    def add(self, told: Told) -> None:
        """Count a world."""
        for kind, bits in told.claims.items():
            self.claims.setdefault(kind, []).extend(bits)
        for name, (hits, of) in told.caught.items():
            self.caught.setdefault(name, []).extend([True] * hits + [False] * (of - hits))


class Transfer(Trial):
    """Grows the forest without some tactics, honest kinds and content, and reports on worlds made of those.

    Each fold leaves out a quarter of the tactics, of the honest kinds and of the grammars. The worlds that it
    is reported on have only the left-out tactics and grammars, and all honest kinds. The reference of honest
    ranks is cross-fitted on the worlds learned from, so no world that is reported calibrates itself.
    """

    file: ClassVar[str] = "transfer.json"
    takes: ClassVar[frozenset[str]] = frozenset({"kept"})

    def run(self, seeds: Sequence[int], scale: str, watch: Callable[[str], None]) -> bytes:
        """Learn and report, fold by fold; every fourth seed is of the same fold."""
        folds = left_out(seeds[0])
        worlds: list[World] = []
        tally = Tally()
        ceilings: list[float] = []
        for number, fold in enumerate(folds):
            reported = list(seeds)[number::FOLDS]
            if not reported:
                continue
            named = f"transfer-{seeds[0]}-{number}-{scale}"
            learned = [
                once(
                    self.folders.kept,
                    f"{named}-learned-{seed}",
                    Views,
                    partial(learn, seed, scale, fold, watch),
                ).views
                for seed in range(min(_TO_LEARN * len(reported), len(TAUGHT)))
            ]
            taught = Taught(number, fold, *fitted([[view.readings for view in world] for world in learned]))
            ceilings.append(taught.reference.ceiling_bits)
            for seed in reported:
                told = once(
                    self.folders.kept,
                    f"{named}-of-{len(reported)}-reported-{seed}",
                    Told,
                    partial(reported_on, seed, scale, taught),
                )
                worlds.append(told.world)
                tally.add(told)
                said = ", ".join(f"{value:.2f} at {rate}" for rate, value in worlds[-1].recall.items())
                watch(f"world {seed}, fold {number + 1} of {FOLDS}: recall {said}")
        caught, claims = tally.caught, tally.claims
        everyone = [bits for name in sorted(claims) for bits in claims[name]]
        figures = Figures(
            version=__version__,
            scale=scale,
            seeds=tuple(seeds),
            folds=FOLDS,
            median_recall=_over(worlds, "recall", 0.5),
            worst_quarter_recall=_over(worlds, "recall", 0.25),
            median_campaigns=_over(worlds, "campaigns", 0.5),
            median_pair_f1=float(np.median([one.links.pair_f1 for one in worlds if one.links])),
            median_actor_f1=float(np.median([one.links.actor_f1 for one in worlds if one.links])),
            median_bcubed_precision=float(
                np.median([one.links.bcubed_precision for one in worlds if one.links])
            ),
            ceiling_bits=min(ceilings),
            honest_actors=len(everyone),
            by_tactic={name: Share.counted(sum(hits), len(hits)) for name, hits in sorted(caught.items())},
            calibration={
                "": _claims(everyone),
                **{name: _claims(claims[name]) for name in sorted(claims)},
            },
            worlds=tuple(worlds),
        )
        return written(figures)


def reported_on(seed: int, scale: str, taught: Taught) -> Told:
    """Judge a world of what was left out, with what was learned without it."""
    fold = taught.fold
    drawn = draw(seed, SCALES[scale], tactics=fold.tactics, grammars=fold.grammars)
    with judged(seed, scale, taught.reference, world=drawn) as one:
        readings = Readings.of(one.judgement, one.truth)
        rank = ranks(taught.forest, readings)
        bits, _ = calibrate(rank, taught.reference, one.judgement.weighing.profiles["exchanges"])
        rank_of = {
            account: float(rank[row]) for row in range(len(rank)) for account in one.judgement.accounts(row)
        }
        actor_of = {
            a: name for row, name in enumerate(one.judgement.actors) for a in one.judgement.accounts(row)
        }
    said = [Verdict(account=name, rank=value, actor=actor_of[name]) for name, value in rank_of.items()]
    scored = score(one.truth, said, _RATES)
    claims: dict[str, list[float]] = {}
    for row in np.flatnonzero(~readings.guilty & ~readings.mixed):
        kind = str(readings.kind[row])
        if kind in fold.kinds:
            claims.setdefault(kind, []).append(float(bits[row]))
    world = World(
        seed,
        taught.number,
        sum(row.campaign is not None for row in one.truth),
        {f"{at.rate:g}": at.recall.value for at in scored.at},
        {f"{at.rate:g}": at.campaigns.value for at in scored.at},
        scored.links,
    )
    return Told(
        world,
        {name: (share.hits, share.of) for name, share in scored.at[0].by_tactic.items()},
        claims,
    )


def left_out(seed: int) -> tuple[Fold, ...]:
    """Deal tactics, honest kinds and grammars to the folds."""
    draw_order = np.random.default_rng(seed)
    dealt = [
        [
            tuple(sorted(str(one) for one in part))
            for part in np.array_split(draw_order.permutation(names), FOLDS)
        ]
        for names in (sorted(tactic_kinds()), sorted(honest_kinds()), sorted(all_grammars()))
    ]
    return tuple(Fold(*parts) for parts in zip(*dealt, strict=True))


def learn(seed: int, scale: str, fold: Fold, watch: Callable[[str], None]) -> Views:
    """Read a world that has nothing of what the fold leaves out. Its seed is one for tuning, below 500."""
    drawn = draw(
        seed,
        SCALES[scale],
        tactics=[name for name in tactic_kinds() if name not in fold.tactics],
        honest=[name for name in honest_kinds() if name not in fold.kinds],
        grammars=[name for name in all_grammars() if name not in fold.grammars],
    )
    return viewed(seed, drawn, watch)


def fitted(learned: list[list[Readings]]) -> tuple[Forest, Reference]:
    """Grow a forest on worlds, and make a reference of the ranks of their honest actors.

    Familiar ranks are those that each half of the worlds gives the other; the unfamiliar come from forests
    that were grown without the kind.

    Args:
        learned: the views of each world, the whole last.
    """
    halves = (learned[::2], learned[1::2])
    honest: list[F64] = []
    for mine, others in (halves, halves[::-1]):
        read = Readings.joined([world[-1] for world in others])
        honest.append(ranks(_grown(mine), read)[~read.guilty & ~read.mixed])
    whole = Readings.joined([world[-1] for world in learned])
    strange = unfamiliar(Readings.joined([view for world in learned for view in world]), whole, seed=0)
    return _grown(learned), Reference.of(np.concatenate(honest), len(learned), strange)


def _grown(learned: list[list[Readings]]) -> Forest:
    return grow(Readings.joined([view for world in learned for view in world]), detectors(), seed=0)


def _over(worlds: list[World], what: str, quantile: float) -> dict[str, float]:
    figures: list[dict[str, float]] = [getattr(world, what) for world in worlds]
    return {rate: float(np.quantile([one[rate] for one in figures], quantile)) for rate in figures[0]}


def _claims(bits: list[float]) -> tuple[Claims, ...]:
    return tuple(
        Claims(at, len(bits) * 2.0**-at, Share.counted(sum(one >= at for one in bits), len(bits)))
        for at in _BITS
    )
