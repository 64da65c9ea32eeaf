"""Many looks at one log: what is claimed of honest customers when a log is judged again and again."""

from collections.abc import Callable, Iterator, Sequence
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
from excise.proving_ground.trials import Opened, Trial, opened, written

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

    def run(self, seeds: Sequence[int], scale: str, watch: Callable[[str], None]) -> bytes:
        """Look at every world, honest and not."""
        honest: dict[str, list[float]] = {rule: [] for rule in RULES}
        named: dict[str, list[bool]] = {rule: [] for rule in RULES}
        lost: dict[str, list[tuple[int, int]]] = {rule: [] for rule in RULES}
        looks = []
        for seed in seeds:
            drawn = draw(seed, SCALES[scale])
            everybody = drawn.accounts + sum(one.accounts for one in drawn.campaigns)
            alone = msgspec.structs.replace(drawn, campaigns=(), accounts=everybody)
            with opened(alone, seed=seed) as world:
                claimed, at_s = seen(world, seed=seed)
                looks.append(len(at_s))
                for rule, of in RULES.items():
                    honest[rule] += _of_owners(world, {who: of(bits).max() for who, bits in claimed.items()})
            with opened(drawn, seed=seed) as world:
                claimed, at_s = seen(world, seed=seed)
                for rule, of in RULES.items():
                    told = {who: _named_at(of(bits), at_s) for who, bits in claimed.items()}
                    named[rule] += [np.isfinite(told[one]) for one in _harvesting(world) if one in told]
                    lost[rule].append(_lost(world, told))
            high = sum(bits >= _BITS[-1] for bits in honest["any"])
            watch(f"world {seed}: {looks[-1]} looks; {high} of {len(honest['any']):,} honest owners so far")
        figures = Figures(
            version=__version__,
            scale=scale,
            seeds=tuple(seeds),
            worlds=len(seeds),
            owners=len(honest["any"]),
            looks=float(np.mean(looks)),
            rules=tuple(
                Rule(
                    rule=rule,
                    honest=tuple(rate(np.asarray(honest[rule]), bits) for bits in _BITS),
                    named_share=round(float(np.mean(named[rule])), 4),
                    lost_share=round(sum(n for n, _ in lost[rule]) / sum(of for _, of in lost[rule]), 4),
                )
                for rule in RULES
            ),
        )
        return written(figures)


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


def _named_at(claims: F64, at_s: F64) -> float:
    """Return when (epoch seconds) a claim named an account; never is infinite."""
    named = np.flatnonzero(claims >= _NAMED_AT_BITS)
    return float(at_s[named[0]]) if len(named) else float("inf")


def _of_owners(world: Opened, claimed: dict[str, float]) -> list[float]:
    """Return the most that was claimed of any account of each honest owner; contracts allow harvesting."""
    owners: dict[str, float] = {}
    contracted = {row.actor for row in world.truth if row.programme}
    for row in world.truth:
        if row.actor not in contracted and row.account in claimed:
            owners[row.actor] = max(owners.get(row.actor, 0.0), claimed[row.account])
    return list(owners.values())


def _harvesting(world: Opened) -> list[str]:
    return [row.account for row in world.truth if row.campaign]


def _lost(world: Opened, told: dict[str, float]) -> tuple[int, int]:
    """Return how many exchanges of campaigns were out when their account was named, of how many."""
    harvesting = set(_harvesting(world))
    rows = world.store.run(world.store.tables.observations.select("account", "started_at"))
    out = [
        at_s <= told.get(account, float("inf"))
        for account, at_s in zip(rows["account"].to_pylist(), seconds(rows["started_at"]), strict=True)
        if account in harvesting
    ]
    return sum(map(int, out)), len(out)
