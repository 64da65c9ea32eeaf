"""What each detector and each kind of tie is worth alone: its own operating point."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from excise import __version__
from excise.linking.weighing import Weighed
from excise.proving_ground.kept import once
from excise.proving_ground.member import Truth
from excise.proving_ground.score import Share
from excise.proving_ground.spread import Spread
from excise.proving_ground.trials import Judged, Trial, judged, written

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
Mask = NDArray[np.bool_]

RATES = (0.01, 0.001)
"""At most so many of those whom a detector should leave alone reach its line."""

_LEAST_OF_KIND = 20


class At(msgspec.Struct, frozen=True, kw_only=True):
    """One operating point of a detector: what is above its line.

    ``line`` is a match weight: what is above it reaches. ``wrongly`` are the actors that should not reach it,
    ``caught`` the accounts that should. ``best_kind`` is the tactic (of an excuse, the honest kind) that most
    of is caught of, with ``best`` its share; kinds of fewer than twenty accounts say too little.
    """

    rate: float
    line: float
    wrongly: Share
    caught: Share
    worlds: Spread
    best_kind: str | None
    best: Share | None


class DetectorPoint(msgspec.Struct, frozen=True, kw_only=True):
    """A detector at each of ``RATES``. An excuse is measured the other way round.

    Its line is where at most so many *harvesting* actors have it speak for them, ``caught`` are honest
    accounts. ``speaks`` is the share of harvesting accounts (of an excuse, honest ones) for which it says
    anything above nothing; ``speaks_wrongly`` the same of the others' actors.
    """

    name: str
    cause: str
    speaks: Share
    speaks_wrongly: Share
    at: tuple[At, ...]


class TiePoint(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of tie over pairs of accounts.

    ``kept`` are the links inside the actors that linking made, of a weight above 0 and for which the tie
    speaks: the share between accounts of one true owner. ``alone`` is the same over all weighed pairs for
    which it speaks, whatever others say.
    ``touched`` is the share of all pairs of one true owner for which it speaks, ``accounts`` the share of
    accounts whose owner has several that it ties to another of theirs. Pairs are not independent of each
    other: ``worlds``, the spread of ``kept`` over worlds, is the wider interval.
    """

    name: str
    block: str
    kept: Share
    alone: Share
    touched: Share
    accounts: Share
    worlds: Spread | None


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """The operating points over all worlds; ``honest_actors`` as detection saw them."""

    version: str
    scale: str
    seeds: tuple[int, ...]
    honest_actors: int
    harvesting_accounts: int
    true_pairs: int
    detectors: tuple[DetectorPoint, ...]
    ties: tuple[TiePoint, ...]


class Side(msgspec.Struct, frozen=True):
    """Actors of one side, honest or harvesting: what each detector weighs, how large each is, of what kind.

    Of an actor with accounts of both sides, each side holds its own accounts.
    """

    weights: dict[str, list[float]]
    sizes: list[int]
    kinds: list[str]


class Tied(msgspec.Struct, frozen=True):
    """Counts of one world for one kind of tie: hits and tries of each share of ``TiePoint``."""

    block: str
    kept: tuple[int, int]
    alone: tuple[int, int]
    touched: tuple[int, int]
    accounts: tuple[int, int]


class World(msgspec.Struct, frozen=True):
    """What one world has to say."""

    causes: dict[str, str]
    honest: Side
    harvesting: Side
    ties: dict[str, Tied]


class OperatingPoints(Trial):
    """Each detector and each kind of tie alone, at lines that few honest actors reach."""

    file: ClassVar[str] = "operating.json"
    takes: ClassVar[frozenset[str]] = frozenset({"kept"})

    def run(self, seeds: Sequence[int], scale: str, watch: Callable[[str], None]) -> bytes:
        """Read every world, then pool them."""
        worlds = []
        for seed in seeds:
            name = f"operating-{scale}-{seed}"
            worlds.append(once(self.folders.kept, name, World, partial(read_world, seed, scale)))
            watch(f"world {seed}: {len(worlds[-1].honest.sizes):,} honest actors")
        figures = Figures(
            version=__version__,
            scale=scale,
            seeds=tuple(seeds),
            honest_actors=sum(len(one.honest.sizes) for one in worlds),
            harvesting_accounts=sum(sum(one.harvesting.sizes) for one in worlds),
            true_pairs=sum(next(iter(one.ties.values())).touched[1] for one in worlds),
            detectors=tuple(detector_point(name, worlds) for name in sorted(worlds[0].causes)),
            ties=tuple(tie_point(name, worlds) for name in sorted(worlds[0].ties)),
        )
        return written(figures)


def read_world(seed: int, scale: str) -> World:
    """Judge one world, and take down what each detector and tie says where."""
    with judged(seed, scale) as one:
        row_of = {row.account: row for row in one.truth}
        honest, harvesting = Side({}, [], []), Side({}, [], [])
        rows: tuple[list[int], list[int]] = ([], [])
        for row in range(len(one.judgement.actors)):
            mine = [row_of[name] for name in one.judgement.accounts(row) if name in row_of]
            if any(truth.programme for truth in mine):
                continue  # it harvests, and may
            for side, its, picked in (
                (honest, [t for t in mine if t.campaign is None], rows[0]),
                (harvesting, [t for t in mine if t.campaign is not None], rows[1]),
            ):
                # Who was linked with harvesters is no honest actor that a detector could spare.
                if its and not (side is honest and len(its) < len(mine)):
                    picked.append(row)
                    side.sizes.append(len(its))
                    side.kinds.append(_most([truth.archetype for truth in its]))
        for name, weights in one.judgement.weighing.by_detector.items():
            for side, picked in ((honest, rows[0]), (harvesting, rows[1])):
                side.weights[name] = [round(float(weight), 4) for weight in weights[picked]]
        causes: dict[str, str] = {name: detector.cause for name, detector in one.judgement.detectors.items()}
        return World(causes, honest, harvesting, _tied(one, row_of))


def detector_point(name: str, worlds: Sequence[World]) -> DetectorPoint:
    """Pool what one detector said in all worlds."""
    cause = worlds[0].causes[name]
    excuse = cause == "excuse"
    sign = -1.0 if excuse else 1.0
    spared = [world.harvesting if excuse else world.honest for world in worlds]
    sought = [world.honest if excuse else world.harvesting for world in worlds]
    others = sign * np.concatenate([np.asarray(side.weights[name]) for side in spared])
    theirs = [sign * np.asarray(side.weights[name]) for side in sought]
    sizes = [np.asarray(side.sizes, dtype=np.int64) for side in sought]
    kinds = np.concatenate([np.asarray(side.kinds, dtype=np.str_) for side in sought])
    return DetectorPoint(
        name=name,
        cause=cause,
        speaks=_of_accounts(theirs, sizes, 0.0),
        speaks_wrongly=Share.counted(int((others > 0).sum()), len(others)),
        at=tuple(_at(rate, others, theirs, sizes, kinds) for rate in RATES),
    )


def line_at(rate: float, weights: F64) -> float:
    """Return the weight above which at most a share of these are, at least 0: less is not to speak for it.

    >>> line_at(0.25, np.array([4.0, 3.0, 2.0, -1.0])), line_at(0.25, np.array([-4.0, -3.0]))
    (3.0, 0.0)
    """
    ordered = np.sort(weights)[::-1]
    place = int(np.floor(rate * len(ordered)))
    return max(0.0, float(ordered[place])) if place < len(ordered) else 0.0


def tie_point(name: str, worlds: Sequence[World]) -> TiePoint:
    """Pool what one kind of tie said in all worlds."""
    its = [world.ties[name] for world in worlds]
    precise = [one.kept[0] / one.kept[1] for one in its if one.kept[1]]
    return TiePoint(
        name=name,
        block=its[0].block,
        kept=_summed([one.kept for one in its]),
        alone=_summed([one.alone for one in its]),
        touched=_summed([one.touched for one in its]),
        accounts=_summed([one.accounts for one in its]),
        worlds=Spread.over(precise) if precise else None,
    )


def _at(rate: float, others: F64, theirs: list[F64], sizes: list[I64], kinds: NDArray[np.str_]) -> At:
    line = line_at(rate, others)
    above = np.concatenate(theirs) > line
    kind, best = _best(above, np.concatenate(sizes), kinds)
    return At(
        rate=rate,
        line=round(line, 4),
        wrongly=Share.counted(int((others > line).sum()), len(others)),
        caught=_of_accounts(theirs, sizes, line),
        worlds=Spread.over(
            [
                float(size[weights > line].sum() / size.sum())
                for weights, size in zip(theirs, sizes, strict=True)
                if size.sum()
            ]
        ),
        best_kind=kind,
        best=best,
    )


def _best(above: Mask, sizes: I64, kinds: NDArray[np.str_]) -> tuple[str | None, Share | None]:
    """Return the kind that most of is above a line, and its share; neither where nothing is."""
    shares = [
        (Share.counted(int(sizes[above & (kinds == kind)].sum()), int(sizes[kinds == kind].sum())), str(kind))
        for kind in np.unique(kinds)
    ]
    known = [one for one in shares if one[0].of >= _LEAST_OF_KIND and one[0].hits]
    if not known:
        return None, None
    best, kind = max(known, key=lambda one: (one[0].value, one[1]))
    return kind, best


def _of_accounts(weights: list[F64], sizes: list[I64], line: float) -> Share:
    hits = sum(int(size[weight > line].sum()) for weight, size in zip(weights, sizes, strict=True))
    return Share.counted(hits, sum(int(size.sum()) for size in sizes))


def _tied(one: Judged, row_of: dict[str, Truth]) -> dict[str, Tied]:
    linking, kinds = one.judgement.linking, one.judgement.ties
    accounts = linking.evidence.accounts.to_pylist()
    names = [row_of[name].actor if name in row_of else f"nobody {name}" for name in accounts]
    _, owner, sizes = np.unique(np.asarray(names), return_inverse=True, return_counts=True)
    pairs = int((sizes * (sizes - 1) // 2).sum())
    several = int((sizes[owner] > 1).sum())
    same = owner[linking.weighed.one] == owner[linking.weighed.other]
    return {
        name: counted(linking.weighed, linking.owner, name, tie.block, same, pairs=pairs, several=several)
        for name, tie in kinds.items()
    }


def counted(
    weighed: Weighed, said: I64, name: str, block: str, same: Mask, *, pairs: int, several: int
) -> Tied:
    """Count one kind of tie over the weighed pairs of a world.

    Args:
        weighed: the pairs.
        said: the owner of each account, as linking has it, shape (accounts,).
        name: of the tie.
        block: it belongs to.
        same: whether each pair has one true owner, shape (pairs,).
        pairs: how many pairs of accounts have one true owner, weighed or not.
        several: how many accounts have an owner with several.
    """
    speaks = weighed.by_tie[name] > 0
    kept = speaks & (weighed.weight > 0) & (said[weighed.one] == said[weighed.other])
    right = speaks & same
    touched = np.union1d(weighed.one[right], weighed.other[right])
    return Tied(
        block,
        (int((kept & same).sum()), int(kept.sum())),
        (int(right.sum()), int(speaks.sum())),
        (int(right.sum()), pairs),
        (len(touched), several),
    )


def _summed(shares: list[tuple[int, int]]) -> Share:
    return Share.counted(sum(hits for hits, _ in shares), sum(of for _, of in shares))


def _most(names: list[str]) -> str:
    return max(sorted(set(names)), key=names.count)
