"""How much is out before the decision: logs are judged as they grow."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar

import msgspec

from excise import __version__
from excise.detection.replay import first_named
from excise.linking.instants import seconds
from excise.proving_ground.draw import SCALES, draw
from excise.proving_ground.kept import once
from excise.proving_ground.spread import Spread
from excise.proving_ground.trials import Opened, Trial, opened, written

STEPS = 25


class Campaign(msgspec.Struct, frozen=True, kw_only=True):
    """One campaign.

    ``out_at_first`` is the share of its exchanges that were out when the first of its accounts was named,
    ``lost`` the share that each account had sent before it was named itself. 1 where that never was.
    """

    seed: int
    tactic: str
    accounts: int
    exchanges: int
    out_at_first: float
    lost: float


class World(msgspec.Struct, frozen=True):
    """One world: its honest accounts, how many of them were ever named, and its campaigns."""

    honest: int
    honest_named: int
    campaigns: tuple[Campaign, ...]


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """Over campaigns, of all worlds together; ``honest_named`` of ``honest`` accounts were ever named."""

    version: str
    scale: str
    seeds: tuple[int, ...]
    looks: int
    honest: int
    honest_named: int
    out_at_first: Spread
    lost: Spread
    campaigns: tuple[Campaign, ...]


class Replay(Trial):
    """The share of a campaign's exchanges that are out before it is named, looking 25 times at each log.

    A harvest that begins in the middle of a log is found some looks after it began; nothing is found between
    two looks. Looking often is paid for: honest accounts ever named are counted beside.
    """

    file: ClassVar[str] = "replay.json"
    takes: ClassVar[frozenset[str]] = frozenset({"kept"})

    def run(self, seeds: Sequence[int], scale: str, watch: Callable[[str], None]) -> bytes:
        """Replay every world."""
        worlds: list[World] = []
        for seed in seeds:
            worlds.append(
                once(self.folders.kept, f"replay-{scale}-{seed}", World, partial(played, seed, scale))
            )
            lost = ", ".join(f"{one.lost:.2f}" for one in worlds[-1].campaigns)
            watch(f"world {seed}: {len(worlds[-1].campaigns)} campaigns, lost {lost}")
        campaigns = [one for world in worlds for one in world.campaigns]
        figures = Figures(
            version=__version__,
            scale=scale,
            seeds=tuple(seeds),
            looks=STEPS,
            honest=sum(world.honest for world in worlds),
            honest_named=sum(world.honest_named for world in worlds),
            out_at_first=Spread.over([one.out_at_first for one in campaigns]),
            lost=Spread.over([one.lost for one in campaigns]),
            campaigns=tuple(campaigns),
        )
        return written(figures)


def played(seed: int, scale: str) -> World:
    """Replay one world."""
    with opened(draw(seed, SCALES[scale]), seed=seed) as world:
        named = first_named(world.store, seed=seed, steps=STEPS)
        campaigns = tuple(told(world, named))
    innocent = {row.account for row in world.truth if not row.campaign and not row.programme}
    return World(len(innocent), len(innocent & named.keys()), campaigns)


def told(world: Opened, named: dict[str, float]) -> list[Campaign]:
    """Say of each campaign of a world what was out, given when (epoch seconds) accounts were first named."""
    seen = world.store.tables.observations
    rows = world.store.run(seen.select("account", "started_at"))
    sent: dict[str, list[float]] = {}
    for account, at_s in zip(rows["account"].to_pylist(), seconds(rows["started_at"]), strict=True):
        sent.setdefault(account, []).append(float(at_s))
    found = []
    for name in sorted({row.campaign for row in world.truth if row.campaign}):
        mine = [row for row in world.truth if row.campaign == name]
        moments = {row.account: sent.get(row.account, []) for row in mine}
        total = max(sum(map(len, moments.values())), 1)
        first_s = min((named[account] for account in moments if account in named), default=float("inf"))
        out = sum(at_s <= first_s for each in moments.values() for at_s in each)
        lost = sum(at_s <= named.get(who, float("inf")) for who, each in moments.items() for at_s in each)
        found.append(
            Campaign(
                seed=world.seed,
                tactic=mine[0].archetype,
                accounts=len(mine),
                exchanges=total,
                out_at_first=out / total,
                lost=lost / total,
            )
        )
    return found
