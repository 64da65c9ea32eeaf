"""How many harvesters are found, at how many honest accounts accused."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar

import msgspec
import numpy as np

from excise import __version__
from excise.proving_ground.kept import once
from excise.proving_ground.score import Score, Verdict, score
from excise.proving_ground.trials import Trial, judged, written

_BITS = (2, 3, 4, 5, 6, 7, 8, 9, 10, 11)


class World(msgspec.Struct, frozen=True):
    """One world's figures."""

    seed: int
    score: Score
    honest_actors: int
    honest_actors_at_bits: dict[str, int]


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of all worlds, and those of the median world and of the worst quarter.

    ``calibration`` pools the honest actors of all worlds: for each number of bits, how many claimed at
    least so many.
    """

    version: str
    scale: str
    seeds: tuple[int, ...]
    median_recall: dict[str, float]
    worst_quarter_recall: dict[str, float]
    median_pair_f1: float
    median_actor_f1: float
    median_bcubed_precision: float
    honest_actors: int
    honest_actors_at_bits: dict[str, int]
    worlds: tuple[World, ...]


class Detection(Trial):
    """Recall at 0.1 % and 1 % of honest accounts, per tactic and kind, linking, and calibration."""

    file: ClassVar[str] = "detection.json"
    takes: ClassVar[frozenset[str]] = frozenset({"kept"})

    def run(self, seeds: Sequence[int], scale: str, watch: Callable[[str], None]) -> bytes:
        """Score every world."""
        worlds: list[World] = []
        for seed in seeds:
            name = f"detection-{scale}-{seed}"
            worlds.append(once(self.folders.kept, name, World, partial(scored, seed, scale)))
            watch(
                f"world {seed}: "
                + ", ".join(f"recall {at.recall.value:.2f} at {at.rate:.1%}" for at in worlds[-1].score.at)
            )
        honest = sum(world.honest_actors for world in worlds)
        at_bits = {
            str(bits): sum(world.honest_actors_at_bits[str(bits)] for world in worlds) for bits in _BITS
        }
        recall = {
            f"{at.rate:g}": [w.score.at[place].recall.value for w in worlds]
            for place, at in enumerate(worlds[0].score.at)
        }
        links = [w.score.links for w in worlds if w.score.links is not None]
        figures = Figures(
            version=__version__,
            scale=scale,
            seeds=tuple(seeds),
            median_recall={rate: float(np.median(values)) for rate, values in recall.items()},
            worst_quarter_recall={rate: float(np.quantile(values, 0.25)) for rate, values in recall.items()},
            median_pair_f1=float(np.median([one.pair_f1 for one in links])),
            median_actor_f1=float(np.median([one.actor_f1 for one in links])),
            median_bcubed_precision=float(np.median([one.bcubed_precision for one in links])),
            honest_actors=honest,
            honest_actors_at_bits=at_bits,
            worlds=tuple(worlds),
        )
        return written(figures)


def scored(seed: int, scale: str) -> World:
    """Judge one world and score it."""
    at_bits, honest = dict.fromkeys(map(str, _BITS), 0), 0
    with judged(seed, scale) as one:
        verdicts = [
            Verdict(account=v.account, rank=v.rank, bits=v.bits, actor=v.actor, verdict=v.verdict)
            for v in one.judgement.verdicts()
        ]
        guilty = {row.account for row in one.truth if row.campaign or row.programme}
        for row in range(len(one.judgement.actors)):
            if guilty.isdisjoint(one.judgement.accounts(row)):
                honest += 1
                for bits in _BITS:
                    at_bits[str(bits)] += bool(one.judgement.bits[row] >= bits)
    return World(seed, score(one.truth, verdicts), honest, at_bits)
