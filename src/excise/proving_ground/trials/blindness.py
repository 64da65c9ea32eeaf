"""What is left where a log does not show everything: no words, no addresses, no directory, few harvesters."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar, NamedTuple

import msgspec

from excise import __version__
from excise.detection.judge import judge
from excise.proving_ground.draw import SCALES, draw
from excise.proving_ground.kept import once
from excise.proving_ground.score import Share, Verdict, score
from excise.proving_ground.spread import Spread
from excise.proving_ground.trials import Trial, opened, written
from excise.proving_ground.world import World

_RATES = (0.001, 0.01)
_RARE = 0.001


class Blind(NamedTuple):
    """A log that lacks something: what, in words, and the share of accounts that it is still known of."""

    name: str
    means: str
    known: dict[str, float]
    directory: bool = True
    rare: bool = False


BLIND = (
    Blind("nothing", "the log as it was drawn", {}),
    Blind("words", "no words are logged, neither of requests nor of replies", {"words": 0.0, "replies": 0.0}),
    Blind("addresses", "no addresses and no TLS fingerprints are logged", {"addresses": 0.0, "tls": 0.0}),
    Blind(
        "directory", "the log alone: no account directory, no network table, no releases", {}, directory=False
    ),
    Blind(
        "all",
        "the log alone, without words, addresses and TLS fingerprints",
        {"words": 0.0, "replies": 0.0, "addresses": 0.0, "tls": 0.0},
        directory=False,
    ),
    Blind("harvesters", "one account in a thousand harvests", {}, rare=True),
)
"""What is not seen, each alone and then together; and a log in which there is hardly anything to see."""


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """One log: shares of its harvesting accounts, and of its accused accounts that harvest (``rightly``)."""

    recall: tuple[Share, ...]
    named: Share
    rightly: Share


class Left(msgspec.Struct, frozen=True, kw_only=True):
    """What is left without one thing.

    ``caught_...`` pools the accounts of all worlds; ``named`` are those accused, ``rightly`` which share of
    all accused accounts harvests.
    """

    without: str
    means: str
    recall_at_1_in_1000: Spread
    recall_at_1_in_100: Spread
    caught_at_1_in_1000: Share
    caught_at_1_in_100: Share
    named: Share
    rightly: Share


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What is left, for each thing that a log may lack, over the same worlds."""

    version: str
    scale: str
    seeds: tuple[int, ...]
    left: tuple[Left, ...]


class Blindness(Trial):
    """Recall and precision on logs that lack words, addresses, the directory, or nearly all harvesters.

    Each world is composed and scanned once for each of them. What a log lacks is unknown, not zero: the
    forest lets a question that cannot be asked count as often as it was answered either way.
    """

    file: ClassVar[str] = "blindness.json"
    takes: ClassVar[frozenset[str]] = frozenset({"kept"})

    def run(self, seeds: Sequence[int], scale: str, watch: Callable[[str], None]) -> bytes:
        """Judge every world once for each thing that may be missing."""
        left = []
        for blind in BLIND:
            found = []
            for seed in seeds:
                name = f"blindness-{scale}-{blind.name}-{seed}"
                found.append(once(self.folders.kept, name, Seen, partial(seen, seed, scale, blind)))
            left.append(_left(blind, found))
            watch(f"without {blind.name}: recall {left[-1].caught_at_1_in_1000.value:.2f} at 0.1 %")
        return written(Figures(version=__version__, scale=scale, seeds=tuple(seeds), left=tuple(left)))


def seen(seed: int, scale: str, blind: Blind) -> Seen:
    """Compose one world as one log shows it, and judge it."""
    with opened(blinded(seed, scale, blind), seed=seed, directory=blind.directory) as one:
        judgement = judge(one.store, seed=seed)
    said = [Verdict(account=v.account, rank=v.rank, verdict=v.verdict) for v in judgement.verdicts()]
    scored = score(one.truth, said, _RATES)
    nobody = Share.counted(0, 0)
    return Seen(
        recall=tuple(at.recall for at in scored.at),
        named=scored.verdicts.recall if scored.verdicts else nobody,
        rightly=scored.verdicts.precision if scored.verdicts else nobody,
    )


def blinded(seed: int, scale: str, blind: Blind) -> World:
    """Return the world of a seed whose log lacks something."""
    world = draw(seed, SCALES[scale], harvesting=_RARE if blind.rare else None)
    return msgspec.structs.replace(world, known=msgspec.structs.replace(world.known, **blind.known))


def _left(blind: Blind, found: list[Seen]) -> Left:
    low, high = ([one.recall[place] for one in found] for place in range(len(_RATES)))
    return Left(
        without=blind.name,
        means=blind.means,
        recall_at_1_in_1000=Spread.over([share.value for share in low]),
        recall_at_1_in_100=Spread.over([share.value for share in high]),
        caught_at_1_in_1000=_pooled(low),
        caught_at_1_in_100=_pooled(high),
        named=_pooled([one.named for one in found]),
        rightly=_pooled([one.rightly for one in found]),
    )


def _pooled(shares: list[Share]) -> Share:
    return Share.counted(sum(share.hits for share in shares), sum(share.of for share in shares))
