"""The summary of a trial of lineage: bits against steps, over seeds, and whether the bars are met."""

from collections.abc import Iterable, Sequence

import numpy as np
from msgspec import Struct
from scipy.stats import binomtest

from excise.lineage.betting import ChoiceBet, Purse, ScoreBet, SignBet
from excise.proving_ground.students.probing import Probe, Track
from excise.proving_ground.students.roster import Entrant

STEPS = (10, 20, 30, 50, 75, 100, 150, 200, 300, 400, 500, 600, 800, 1000, 1500, 2000)
"""Where curves are read."""

CONTROL_BITS = 3.0
_NULL_RUNS = 20_000
_NULL_STEPS = 300
_NULL_BITS = 10


class Followed(Struct, frozen=True):
    """One student of one seed under one probe."""

    probe: Probe
    entrant: Entrant
    seed: int
    track: Track


class Curve(Struct, frozen=True, kw_only=True):
    """Bits against steps, for one kind of student under one probe, over seeds.

    Of five seeds, the lowest and the highest hold the median of all seeds between them with 94 %.

    Attributes:
        probe: the method, as the trial uses it.
        access: what was seen of the suspect.
        student: the student, or the attack or control.
        role: ``distilled``, ``attacked`` or ``control``.
        strength: of the attack.
        mark: the watermark in what it learned from.
        questions: to the suspect, a step.
        seeds: how many.
        steps: where the bits are read: twins, or prompts.
        median: bits there, of the middle seed.
        lowest: of the lowest seed.
        highest: of the highest seed.
        final: each seed's bits in the end.
        most: each seed's most bits on the way.
    """

    probe: str
    access: str
    student: str
    role: str
    strength: float | None
    mark: str
    questions: float
    seeds: int
    steps: tuple[int, ...]
    median: tuple[float, ...]
    lowest: tuple[float, ...]
    highest: tuple[float, ...]
    final: tuple[float, ...]
    most: tuple[float, ...]

    def reached(self, questions: float) -> float:
        """Return the median seed's bits after so many questions at most; 0 where that is before the first."""
        within = [
            bits
            for step, bits in zip(self.steps, self.median, strict=True)
            if step * self.questions <= questions
        ]
        return within[-1] if within else 0.0


class Bar(Struct, frozen=True, kw_only=True):
    """Something that was asked of the methods, and whether they do it."""

    name: str
    wanted: str
    measured: str
    met: bool


class Null(Struct, frozen=True, kw_only=True):
    """How often a fair bet won all the same: the share of ``runs`` that ever reached ``bits``."""

    bet: str
    runs: int
    steps: int
    bits: int
    reached: int
    share: float
    share_at_most: float
    allowed: float


class Radioactivity(Struct, frozen=True, kw_only=True):
    """A key that is looked for in one student: our bits, and the published statistic beside them.

    ``published_z`` counts every token against the chance; ``published_z_spread`` is its standard deviation
    over fresh keys, which it takes to be 1. ``rank`` is that of the key among fresh ones.
    """

    mark: str
    student: str
    strength: float | None
    seed: int
    bits: float
    rank: float
    surplus_z: float
    published_z: float
    published_z_spread: float
    fresh_most_bits: float


class Figures(Struct, frozen=True, kw_only=True):
    """What was measured. ``words`` says whose: the package's own, or those of a folder."""

    version: str
    scale: str
    seeds: tuple[int, ...]
    words: str
    served: int
    bars: tuple[Bar, ...]
    curves: tuple[Curve, ...]
    nulls: tuple[Null, ...]
    radioactivity: tuple[Radioactivity, ...]


def curves(followed: Iterable[Followed]) -> list[Curve]:
    """Put the seeds of each kind of student together."""
    groups: dict[tuple[object, ...], list[Followed]] = {}
    for one in followed:
        entrant = one.entrant
        key = (one.probe.name, entrant.role, entrant.name, entrant.strength, entrant.mark)
        groups.setdefault(key, []).append(one)
    return [_curve(group) for group in groups.values()]


def _curve(group: Sequence[Followed]) -> Curve:
    probe, entrant = group[0].probe, group[0].entrant
    tracks = [one.track for one in group]
    shortest = min(len(track.bits) for track in tracks)
    steps = tuple(sorted({step for step in STEPS if step < shortest} | {shortest}))
    table = np.array([[track.bits[step - 1] for step in steps] for track in tracks])
    return Curve(
        probe=probe.name,
        access=probe.access,
        student=entrant.name,
        role=entrant.role,
        strength=entrant.strength,
        mark=entrant.mark,
        questions=round(float(np.mean([track.questions for track in tracks])), 2),
        seeds=len(tracks),
        steps=steps,
        median=_rounded(np.median(table, axis=0)),
        lowest=_rounded(table.min(axis=0)),
        highest=_rounded(table.max(axis=0)),
        final=_rounded([track.bits[-1] for track in tracks]),
        most=_rounded([max(track.bits) for track in tracks]),
    )


def radioactivity(followed: Iterable[Followed]) -> list[Radioactivity]:
    """Return what was measured of each key beside its bits."""
    found = []
    for one in followed:
        facts = {fact.name: round(fact.value, 3) for fact in one.track.facts}
        if one.probe.mark and "published-z" in facts:
            found.append(
                Radioactivity(
                    mark=one.probe.mark,
                    student=one.entrant.name + ("" if one.entrant.mark else ", unmarked"),
                    strength=one.entrant.strength,
                    seed=one.seed,
                    bits=round(one.track.bits[-1], 2),
                    rank=facts["rank"],
                    surplus_z=facts["surplus-z"],
                    published_z=facts["published-z"],
                    published_z_spread=facts["published-z-spread"],
                    fresh_most_bits=facts["fresh-most-bits"],
                )
            )
    return found


def nulls(followed: Sequence[Followed], seed: int) -> list[Null]:
    """Bet on controls' real scores with served reply and twin exchanged by coins, many thousand times."""
    scores = [
        score
        for one in followed
        if one.entrant.role == "control" and not one.probe.mark and not one.probe.reference
        for score in one.track.scores
        if score is not None
    ]
    if not scores:
        return []
    dice = np.random.default_rng(seed)
    drawn = np.asarray(scores)[dice.permutation(len(scores))[:_NULL_STEPS]]
    found = []
    for name, wager in (("sign", SignBet()), ("score", ScoreBet()), ("choice", ChoiceBet([0]))):
        purse, most = Purse([wager]), np.zeros(_NULL_RUNS)
        for score in drawn:
            sides = score * dice.choice([-0.5, 0.5], size=_NULL_RUNS)
            purse.bet(np.stack([sides, -sides])[:, None, :])
            most = np.maximum(most, purse.bits)
        reached = int((most >= _NULL_BITS).sum())
        upper = binomtest(reached, _NULL_RUNS).proportion_ci(0.95, "exact").high
        found.append(
            Null(
                bet=name,
                runs=_NULL_RUNS,
                steps=len(drawn),
                bits=_NULL_BITS,
                reached=reached,
                share=reached / _NULL_RUNS,
                share_at_most=round(float(upper), 6),
                allowed=2.0**-_NULL_BITS,
            )
        )
    return found


def _rounded(values: Iterable[float]) -> tuple[float, ...]:
    return tuple(round(float(value), 2) for value in values)
