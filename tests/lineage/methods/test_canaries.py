"""Canaries by likelihood: exact ranks among decoys, and bits that multiply over canaries."""

import itertools
import zlib
from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import binomtest

from excise.lineage.betting import Purse
from excise.lineage.methods import Given
from excise.lineage.methods import canaries as module
from excise.lineage.methods.canaries import Canaries
from excise.lineage.replies import Message, Reply
from excise.lineage.suspects import Asked, NoAnswer, Scored

RUNS = 20_000
Finds = Callable[[str], float]


def given(count: int, decoys: int, planted: tuple[int, ...] = ()) -> Given:
    """Canaries of which number ``planted[i]`` of the i-th was planted, the first where it is not said."""
    rows = []
    for name in range(count):
        chosen = planted[name] if planted else 0
        order = [chosen, *(at for at in range(decoys + 1) if at != chosen)]
        asked = (Message("user", f"q{name}"),)
        rows += [
            Reply(row=len(rows) + draw, id=f"c{name}", messages=asked, reply=f"number {name} {at}", draw=draw)
            for draw, at in enumerate(order)
        ]
    return Given(canaries=tuple(rows))


def oddly(text: str) -> float:
    return -float(np.random.default_rng(zlib.crc32(text.encode())).integers(1, 6))


def learned(text: str) -> float:
    return oddly(text) + (3.0 if text.endswith(" 0") else 0.0) - 10.0


def bits_of(made: Given, finds: Finds, reference: Finds | None = None) -> float:
    method = Canaries()
    evidence = method.evidence(made, 3)
    for step in method.steps(made, 3):
        texts = [question.reply for question in step.questions if isinstance(question, Asked)]
        answers = [Scored(("x",), (finds(text),)) for text in texts]
        beside = [[Scored(("x",), (reference(text),)) for text in texts]] if reference else []
        assert evidence.read(step, answers, beside).bits == evidence.bits
    assert evidence.bits is not None
    return evidence.bits


@pytest.mark.parametrize("reference", [None, lambda text: oddly(text + "x")], ids=["alone", "reference"])
def test_over_all_ways_to_plant_the_mean_wealth_is_one(reference: Finds | None) -> None:
    """Ties among the likelihoods included: 4^3 ways to plant one of four, three times."""
    wealths = [
        2.0 ** bits_of(given(3, 3, ways), oddly, reference) for ways in itertools.product(range(4), repeat=3)
    ]
    assert np.mean(wealths) == pytest.approx(1.0, abs=1e-9)
    assert np.std(wealths) > 0.1


def test_twenty_thousand_nulls() -> None:
    """The share that ever reaches b bits is not above 2^-b: binomial tests at 1e-6 (the seed is fixed)."""
    dice = np.random.default_rng(31)
    purse, most = Purse(module._wagers(1)), np.zeros(RUNS)
    for _ in range(10):
        own, beside = dice.normal(size=(2, 8, RUNS)).round(1)
        purse.bet(np.stack([own, own - beside, beside], axis=1))
        most = np.maximum(most, purse.bits)
    for bits in (1, 4, 10):
        reached = int((most >= bits).sum())
        assert binomtest(reached, RUNS, 2.0**-bits, alternative="greater").pvalue > 1e-6, (bits, reached)
    assert most.max() > 5


def test_what_was_planted_shows_and_more_so_beside_a_reference() -> None:
    made = given(20, 31)
    alone = bits_of(made, learned)
    assert alone > 20
    assert bits_of(made, learned, oddly) > 1.3 * alone
    assert bits_of(made, oddly) < 3


def test_facts_count_those_that_come_first_and_missing_answers_cost_the_step() -> None:
    made, method = given(3, 4), Canaries()
    evidence = method.evidence(made, 1)
    first, second, _ = method.steps(made, 1)
    reading = evidence.read(first, [NoAnswer("down")] * 5)
    assert (reading.score, reading.bits, reading.note) == (None, 0.0, "an answer is missing")
    scored = [Scored(("x",), (learned(q.reply),)) for q in second.questions if isinstance(q, Asked)]
    best = [Scored(("x",), (-1.0 if q.reply.endswith(" 0") else -9.0,)) for q in second.questions]  # type: ignore[union-attr]
    assert len(scored) == 5
    assert evidence.read(second, best).score == 1.0
    assert evidence.facts()[0].value == 1.0


def test_cautions_speak_up() -> None:
    assert [one.name for one in Canaries().cautions(given(1, 3))] == ["few"]
