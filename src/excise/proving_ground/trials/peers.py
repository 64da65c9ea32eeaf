"""Ours beside what others published or use, on the same worlds."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar

import msgspec

from excise import __version__
from excise.errors import NotInstalled
from excise.proving_ground.kept import once
from excise.proving_ground.peers import Ranking, Seen, peer_kinds
from excise.proving_ground.score import Score, Verdict, score
from excise.proving_ground.spread import Spread
from excise.proving_ground.trials import Judged, Trial, judged, written

OURS = "excise"
_RATES = (0.001, 0.01)


class Method(msgspec.Struct, frozen=True, kw_only=True):
    """One method's figures over all worlds.

    ``recall_...`` is the share of harvesting accounts that rank above all but 0.1 % or 1 % of honest ones.
    The figures of linking are None where the method links nothing; see ``excise.proving_ground.score.Links``.
    """

    method: str
    source: str
    recall_at_1_in_1000: Spread
    recall_at_1_in_100: Spread
    pair_f1: Spread | None
    pair_precision: Spread | None
    bcubed_precision: Spread | None
    actor_f1: Spread | None
    each_recall_at_1_in_100: tuple[float, ...]
    """world by world, in the order of the seeds"""


class Population(msgspec.Struct, frozen=True, kw_only=True):
    """What one world holds."""

    seed: int
    accounts: int
    honest: int
    harvesting: int


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """The table of methods. ``not_installed`` are those whose packages were not there."""

    version: str
    scale: str
    seeds: tuple[int, ...]
    honest: int
    harvesting: int
    not_installed: tuple[str, ...]
    methods: tuple[Method, ...]
    worlds: tuple[Population, ...]


class Ranked(msgspec.Struct, frozen=True):
    """One world: the score of each method, and why others are absent."""

    scores: dict[str, Score]
    absent: dict[str, str]


class Peers(Trial):
    """Recall at 0.1 % and 1 % of honest accounts and pair F1 of our verdicts and of every peer's."""

    file: ClassVar[str] = "peers.json"
    takes: ClassVar[frozenset[str]] = frozenset({"kept"})

    def run(self, seeds: Sequence[int], scale: str, watch: Callable[[str], None]) -> bytes:
        """Rank every world by every method."""
        scores: dict[str, list[Score]] = defaultdict(list)
        absent: dict[str, str] = {}
        for seed in seeds:
            world = once(self.folders.kept, f"peers-{scale}-{seed}", Ranked, partial(ranked, seed, scale))
            for name, found in world.scores.items():
                scores[name].append(found)
            for name in world.absent.keys() - absent.keys():
                watch(f"{name} is left out: {world.absent[name]}")
            absent |= world.absent
            told = (f"{name} {found[-1].at[-1].recall.value:.2f}" for name, found in scores.items())
            watch(f"world {seed}, recall at {_RATES[-1]:.0%}: {', '.join(told)}")
        sources = {OURS: f"this version, {__version__}"} | {n: k.source for n, k in peer_kinds().items()}
        methods = [_method(name, sources[name], found) for name, found in scores.items()]
        worlds = tuple(
            Population(seed=seed, accounts=one.accounts, honest=one.honest, harvesting=one.harvesting)
            for seed, one in zip(seeds, scores[OURS], strict=True)
        )
        table = Table(
            version=__version__,
            scale=scale,
            seeds=tuple(seeds),
            honest=sum(world.honest for world in worlds),
            harvesting=sum(world.harvesting for world in worlds),
            not_installed=tuple(sorted(absent)),
            methods=tuple(methods),
            worlds=worlds,
        )
        return written(table)


def ranked(seed: int, scale: str) -> Ranked:
    """Rank one world by every method."""
    scores: dict[str, Score] = {}
    absent: dict[str, str] = {}
    with judged(seed, scale) as world:
        ours = [Verdict(account=v.account, rank=v.rank, actor=v.actor) for v in world.judgement.verdicts()]
        scores[OURS] = score(world.truth, ours, _RATES)
        seen = seen_by_peers(world)
        for name, kind in peer_kinds().items():
            try:
                ranking = kind().rank(seen, seed=seed)
            except NotInstalled as missing:
                absent[name] = str(missing)
                continue
            scores[name] = score(world.truth, verdicts(seen, ranking), _RATES)
    return Ranked(scores, absent)


def seen_by_peers(world: Judged) -> Seen:
    """Return what a peer may look at in a judged world."""
    judgement = world.judgement
    owner = {
        account: actor for row, actor in enumerate(judgement.actors) for account in judgement.accounts(row)
    }
    return Seen(world.store, tuple(judgement.linking.evidence.accounts.to_pylist()), owner)


def verdicts(seen: Seen, ranking: Ranking) -> list[Verdict]:
    """Return a ranking as the rows that are scored."""
    actors = ranking.actor or (None,) * len(seen.accounts)
    return [
        Verdict(account=account, rank=float(rank), actor=actor)
        for account, rank, actor in zip(seen.accounts, ranking.rank, actors, strict=True)
    ]


def _method(name: str, source: str, scores: list[Score]) -> Method:
    low, high = ([one.at[place].recall.value for one in scores] for place in range(len(_RATES)))
    links = [one.links for one in scores if one.links is not None]
    return Method(
        method=name,
        source=source,
        recall_at_1_in_1000=Spread.over(low),
        recall_at_1_in_100=Spread.over(high),
        pair_f1=Spread.over([one.pair_f1 for one in links]) if links else None,
        pair_precision=Spread.over([one.pair_precision for one in links]) if links else None,
        bcubed_precision=Spread.over([one.bcubed_precision for one in links]) if links else None,
        actor_f1=Spread.over([one.actor_f1 for one in links]) if links else None,
        each_recall_at_1_in_100=tuple(high),
    )
