"""Many looks at one log: what is claimed of honest customers when a log is judged again and again."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import ClassVar

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy import stats

from excise import __version__
from excise.detection.judge import Settings, judge
from excise.detection.replay import Until
from excise.linking.instants import seconds
from excise.proving_ground.draw import SCALES, draw
from excise.proving_ground.kept import once
from excise.proving_ground.trials import Opened, Trial, opened, written
from excise.proving_ground.world import World as Composed

F64 = NDArray[np.float64]

GROWTH = 0.2
"""A log is looked at again when it has grown by so much, or a day has passed."""

_FIRST_SHARE = 1 / 32
_DAY_S = 86_400.0
_BITS = (3, 4, 5, 6, 7, 8, 9, 10)
_SURE = 0.95


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """How many honest owners ever had at least so many bits claimed of one of their accounts.

    ``low_share`` and ``high_share`` hold 95 % of what chance leaves open were owners independent (Clopper and
    Pearson 1934). ``owed_bits``: by how many bits claims would have to be lower for the share to be what it
    is said to be, 2^-bits; at most 0 where nothing is owed.
    """

    bits: int
    owners: int
    low_share: float
    share: float
    high_share: float
    owed_bits: float


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """What is claimed when one looks often, by one rule, and what the rule costs.

    ``named_share`` is the share of harvesting accounts named by the end, of other worlds than the honest
    ones; ``lost_share`` the share of campaigns' exchanges that were out when their account was named.
    """

    rule: str
    honest: tuple[Rate, ...]
    named_share: float
    lost_share: float


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of each rule; ``owners`` honest ones of ``worlds`` without a campaign in them."""

    version: str
    scale: str
    seeds: tuple[int, ...]
    worlds: int
    owners: int
    looks: float
    rules: tuple[Rule, ...]


class Looks(Trial):
    """What honest customers are ever said to be, in worlds of none but honest ones, over all looks at a log.

    Four rules are compared. ``last``: who looks once, at the end. ``any``: who looks again and again, and
    acts on the highest claim ever made. ``twice``: a claim counts as far as two looks in a row make it.
    ``paid``: every claim is lowered by the log2 of how often the log was looked at, which would be right were
    the looks independent. Worlds of the same seeds with campaigns in them say what each rule costs.
    """

    file: ClassVar[str] = "looks.json"

    takes: ClassVar[frozenset[str]] = frozenset({"kept"})

    def run(self, seeds: Sequence[int], scale: str, watch: Callable[[str], None]) -> bytes:
        """Look at every world, honest and not."""
        alone: list[World] = []
        mixed: list[World] = []
        for seed in seeds:
            drawn = draw(seed, SCALES[scale])
            everybody = drawn.accounts + sum(one.accounts for one in drawn.campaigns)
            honest = msgspec.structs.replace(drawn, campaigns=(), accounts=everybody)
            for name, world, found in (("honest", honest, alone), ("mixed", drawn, mixed)):
                kept = f"looks-{scale}-{seed}-{name}"
                found.append(once(self.folders.kept, kept, World, partial(looked, world, seed)))
            watch(f"world {seed}: {len(alone[-1].at_s)} looks at {len(alone[-1].honest)} honest accounts")
        owners = [len({one.owner for one in world.honest}) for world in alone]
        figures = Figures(
            version=__version__,
            scale=scale,
            seeds=tuple(seeds),
            worlds=len(seeds),
            owners=sum(owners),
            looks=float(np.mean([len(world.at_s) for world in alone])),
            rules=tuple(measured(rule, alone, mixed) for rule in RULES),
        )
        return written(figures)


class Looked(msgspec.Struct, frozen=True):
    """One account, its owner, and the bits that each look claimed of it."""

    owner: str
    bits: tuple[float, ...]


class World(msgspec.Struct, frozen=True):
    """What looks at one world claimed: of honest owners' accounts, and of those that harvest.

    ``at_s`` is when the looks were (epoch seconds); ``out`` how many exchanges of each harvesting account had
    happened by each.
    """

    at_s: tuple[float, ...]
    honest: tuple[Looked, ...]
    harvesting: tuple[Looked, ...]
    out: tuple[tuple[int, ...], ...]


def looked(composed: Composed, seed: int) -> World:
    """Compose a world, and look at it again and again."""
    with opened(composed, seed=seed) as world:
        claimed, at_s = seen(world, seed=seed)
        contracted = {row.actor for row in world.truth if row.programme}
        there = [row for row in world.truth if row.account in claimed]
        rows = world.store.run(world.store.tables.observations.select("account", "started_at"))
        started: dict[str, list[float]] = {}
        for account, moment in zip(rows["account"].to_pylist(), seconds(rows["started_at"]), strict=True):
            started.setdefault(account, []).append(moment)
        harvesting = [row for row in there if row.campaign]
        return World(
            at_s=tuple(at_s.tolist()),
            honest=tuple(
                Looked(row.actor, tuple(claimed[row.account].tolist()))
                for row in there
                if row.actor not in contracted
            ),
            harvesting=tuple(Looked(row.actor, tuple(claimed[row.account].tolist())) for row in harvesting),
            out=tuple(
                tuple(np.searchsorted(np.sort(started[row.account]), at_s, "right").tolist())
                for row in harvesting
            ),
        )


def measured(rule: str, alone: Sequence[World], mixed: Sequence[World]) -> Rule:
    """Say what one rule claims of honest owners alone, and of the campaigns of other worlds."""
    of = RULES[rule]
    most: list[float] = []
    for world in alone:
        owners: dict[str, float] = {}  # of each owner, the account of which the most was claimed
        for one in world.honest:
            owners[one.owner] = max(owners.get(one.owner, 0.0), float(of(np.array(one.bits)).max()))
        most += owners.values()
    named, lost, sent = [], 0, 0
    for world in mixed:
        for one, out in zip(world.harvesting, world.out, strict=True):
            told = np.flatnonzero(of(np.array(one.bits)) >= _NAMED_AT_BITS)
            named.append(len(told) > 0)
            lost += out[told[0]] if len(told) else out[-1]
            sent += out[-1]
    return Rule(
        rule=rule,
        honest=tuple(rate(np.asarray(most), bits) for bits in _BITS),
        named_share=round(float(np.mean(named)), 4),
        lost_share=round(lost / sent, 4),
    )


def seen(world: Opened, *, seed: int) -> tuple[dict[str, F64], F64]:
    """Return what each look claimed of each account, shape (looks,), and when the looks were."""
    rows = world.store.run(world.store.tables.observations.select("started_at"))
    at_s = np.array(list(moments(np.sort(seconds(rows["started_at"])))))
    claimed: dict[str, F64] = {}
    for look, moment in enumerate(at_s):
        judgement = judge(Until(world.store, float(moment)), seed=seed)
        for row in range(len(judgement.actors)):
            for account in judgement.accounts(row):
                claimed.setdefault(account, np.zeros(len(at_s)))[look] = judgement.bits[row]
    return claimed, at_s


def moments(started_s: F64) -> Iterator[float]:
    """Yield when a log is looked at, the end last.

    Args:
        started_s: when its exchanges began, ascending.

    >>> [float(at) for at in moments(np.arange(64.0))][:4]
    [2.0, 3.0, 4.0, 5.0]
    """
    count = max(1.0, len(started_s) * _FIRST_SHARE)
    end_s = float(started_s[-1]) + 1e-3
    while count < len(started_s):
        now_s = float(started_s[int(count)])
        yield now_s
        grown = int(np.ceil(count * (1 + GROWTH)))
        count = min(grown, max(int(np.searchsorted(started_s, now_s + _DAY_S)), int(count) + 1))
    yield end_s


def rate(claimed: F64, bits: int) -> Rate:
    """Count how many of honest owners had so many bits claimed of them.

    Args:
        claimed: the most that was ever claimed of each, shape (owners,).
        bits: how many.

    >>> rate(np.array([0.0, 1.0, 4.0, 9.0]), 3).owed_bits
    2.0
    """
    count, of = int((claimed >= bits).sum()), len(claimed)
    interval = stats.binomtest(count, of).proportion_ci(_SURE)
    share = count / of
    return Rate(
        bits=bits,
        owners=count,
        low_share=float(interval.low),
        share=share,
        high_share=float(interval.high),
        owed_bits=round(bits + float(np.log2(share)), 3) if count else -float(bits),
    )


def _last(bits: F64) -> F64:
    return np.concatenate([np.zeros(len(bits) - 1), bits[-1:]])


def _any(bits: F64) -> F64:
    return bits


def _twice(bits: F64) -> F64:
    claims: F64 = np.minimum(bits, np.concatenate([[0.0], bits[:-1]]))
    return claims


def _paid(bits: F64) -> F64:
    claims: F64 = np.maximum(bits - np.log2(1 + np.arange(len(bits))), 0.0)
    return claims


RULES: dict[str, Callable[[F64], F64]] = {"last": _last, "any": _any, "twice": _twice, "paid": _paid}
"""What each rule makes of the bits that looks found, shape (looks,): the bits that it claims at each."""

_NAMED_AT_BITS = Settings().named_at_bits
