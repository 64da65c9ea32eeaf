"""The hardest crew: hundreds of accounts of twenty exchanges each that share one corpus and nothing else."""

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar

import msgspec

from excise import __version__
from excise.proving_ground.dice import Dice
from excise.proving_ground.draw import SCALES, draw
from excise.proving_ground.kept import once
from excise.proving_ground.score import Verdict, score
from excise.proving_ground.spread import Spread
from excise.proving_ground.tradecraft import Tradecraft
from excise.proving_ground.trials import Trial, judged, written
from excise.proving_ground.world import Campaign, World

_ACCOUNTS, _EACH = 300, 20
_MOST_OF_HONEST = 0.25
_RATES = (0.001, 0.01)
_GENRES = ("math", "code", "write", "trivia", "plan", "chat")


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """Over worlds: what is caught of the crew, and how far its accounts are held to be one.

    ``honest`` counts the honest accounts of all worlds.
    """

    version: str
    scale: str
    seeds: tuple[int, ...]
    accounts: int
    exchanges_each: int
    honest: int
    recall_at_1_in_1000: Spread
    recall_at_1_in_100: Spread
    named: Spread
    pair_recall: Spread
    bcubed_precision: Spread


class Crewed(msgspec.Struct, frozen=True):
    """One world's honest accounts and figures, in the order of those of ``Figures``."""

    honest: int
    figures: tuple[float, ...]


class Partition(Trial):
    """Recall on one crew of 300 accounts (at most a quarter as many as there are honest ones).

    Each account has a payment instrument, a home address and a client of its own, and every request is newly
    worded; when they were opened and at what hours they work is drawn. The tactic is one of those that the
    shipped forest was grown on; ``transfer`` leaves it out.
    """

    file: ClassVar[str] = "partition.json"
    takes: ClassVar[frozenset[str]] = frozenset({"kept"})

    def run(self, seeds: Sequence[int], scale: str, watch: Callable[[str], None]) -> bytes:
        """Judge every world."""
        found: list[Crewed] = []
        for seed in seeds:
            name = f"partition-{scale}-{seed}"
            found.append(once(self.folders.kept, name, Crewed, partial(of_crew, seed, scale)))
            watch(f"world {seed}: recall {found[-1].figures[0]:.2f} at 0.1 %")
        spreads = [Spread.over(list(column)) for column in zip(*(one.figures for one in found), strict=True)]
        figures = Figures(
            version=__version__,
            scale=scale,
            seeds=tuple(seeds),
            accounts=crewed(seeds[0], scale).campaigns[0].accounts,
            exchanges_each=_EACH,
            honest=sum(one.honest for one in found),
            recall_at_1_in_1000=spreads[0],
            recall_at_1_in_100=spreads[1],
            named=spreads[2],
            pair_recall=spreads[3],
            bcubed_precision=spreads[4],
        )
        return written(figures)


def of_crew(seed: int, scale: str) -> Crewed:
    """Judge one world: recall at each rate, the share named, that of pairs held together, and precision."""
    with judged(seed, scale, world=crewed(seed, scale)) as one:
        said = [
            Verdict(account=v.account, rank=v.rank, actor=v.actor, verdict=v.verdict)
            for v in one.judgement.verdicts()
        ]
        scored = score(one.truth, said, _RATES)
    crew = {row.account for row in one.truth if row.campaign}
    groups = Counter(v.actor for v in said if v.account in crew and v.actor)
    together = sum(size * (size - 1) for size in groups.values()) / (len(crew) * (len(crew) - 1))
    named = sum(v.verdict == "distillation" for v in said if v.account in crew) / len(crew)
    precision = scored.links.bcubed_precision if scored.links else 1.0
    return Crewed(
        sum(not row.campaign and not row.programme for row in one.truth),
        (*(at.recall.value for at in scored.at), named, together, precision),
    )


def crewed(seed: int, scale: str) -> World:
    """Return the world of a seed with the crew as its one campaign."""
    world, dice = draw(seed, SCALES[scale]), Dice.of("partition", seed)
    accounts = min(_ACCOUNTS, int(SCALES[scale].accounts * _MOST_OF_HONEST))
    craft = Tradecraft(
        payment="own",
        network="residential",
        client="mixed",
        rotation=1.0,
        age=dice.pick(("fresh", "staggered", "aged")),
        hours=dice.pick(("always", "office", "human")),
        order=dice.pick(("round", "random")),
    )
    crew = Campaign(
        tactic="thin_partition",
        accounts=accounts,
        exchanges=accounts * _EACH,
        tradecraft=craft,
        genres=tuple(dice.some(_GENRES, 2)),
    )
    return msgspec.structs.replace(world, campaigns=(crew,))
