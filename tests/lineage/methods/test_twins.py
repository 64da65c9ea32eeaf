"""Twins by likelihoods: exact whatever the suspect is, and strong where it saw what was served."""

import hashlib
import itertools
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from msgspec.structs import replace
from scipy.stats import binomtest

from excise.lineage.betting import Purse
from excise.lineage.methods import Given
from excise.lineage.methods.twins import Twins, wagers
from excise.lineage.replies import Message, Reply
from excise.lineage.suspects import Asked, NoAnswer, Scored

RUNS = 20_000
Finds = Callable[[str], list[float]]


def reply(row: int, text: str, draw: int = 0) -> Reply:
    return Reply(row=row, id=f"r{row}", messages=(Message("user", f"q{row}"),), reply=text, draw=draw)


def given(count: int, twins: int = 1, swapped: Sequence[bool] = ()) -> Given:
    """Pairs of which those that are ``swapped`` were served the other way round."""
    sides = [
        [reply(row, f"a{row}"), *(reply(row, f"b{row} {n}", n) for n in range(twins))]
        for row in range(1, count + 1)
    ]
    for side, swap in zip(sides, swapped, strict=False):
        if swap:
            side[:2] = [replace(side[1], draw=0), replace(side[0], draw=0)]
    return Given(
        served=tuple(side[0] for side in sides), twins=tuple(one for side in sides for one in side[1:])
    )


def oddly(text: str, salt: str = "") -> list[float]:
    """Log-likelihoods of a suspect that is as odd as can be, but knows nothing of what was served."""
    seed = int.from_bytes(hashlib.sha256((salt + text).encode()).digest()[:8], "big")
    dice = np.random.default_rng(seed)
    return (-np.abs(dice.standard_cauchy(dice.integers(1, 30)))).tolist()


def bits_of(
    made: Given, finds: Finds, reference: Finds | None = None, seed: int = 3, method: Twins | None = None
) -> float:
    method = method or Twins()
    evidence = method.evidence(made, seed)
    for step in method.steps(made, seed):
        texts = [question.reply for question in step.questions if isinstance(question, Asked)]

        def scored(model: Finds, texts: list[str] = texts) -> list[Scored]:
            return [Scored(tuple("x" * len(model(text))), tuple(model(text))) for text in texts]

        reading = evidence.read(step, scored(finds), [scored(reference)] if reference else [])
        assert reading.bits == evidence.bits
    assert evidence.bits is not None
    return evidence.bits


@pytest.mark.parametrize("beside", [None, lambda text: oddly(text, "reference")], ids=["alone", "reference"])
def test_over_all_ways_to_serve_the_mean_wealth_is_one(beside: Finds | None) -> None:
    """All of it together is a fair bet: 2^6 ways in which six pairs could have been served."""
    wealths = [
        2.0 ** bits_of(given(6, swapped=ways), oddly, beside)
        for ways in itertools.product((False, True), repeat=6)
    ]
    assert np.mean(wealths) == pytest.approx(1.0, abs=1e-9)
    assert np.std(wealths) > 0.05


@pytest.mark.parametrize(("references", "candidates"), [(0, 2), (1, 2), (1, 3)])
def test_twenty_thousand_nulls(references: int, candidates: int) -> None:
    """The share that ever reaches b bits is not above 2^-b.

    One-sided binomial tests at 1e-6, nine of them: the flake probability is below 1e-5 (the seed is fixed).
    """
    dice = np.random.default_rng(23)
    purse, most = Purse(wagers(references, Twins().unsure)), np.zeros(RUNS)
    size = 4 * (1 + references)
    mix = dice.normal(size=(size, size))
    for _ in range(10):
        purse.bet(np.einsum("nkr,kl->nlr", dice.standard_t(3, size=(candidates, size, RUNS)), mix))
        most = np.maximum(most, purse.bits)
    for bits in (1, 4, 10):
        reached = int((most >= bits).sum())
        assert binomtest(reached, RUNS, 2.0**-bits, alternative="greater").pvalue > 1e-6, (bits, reached)
    assert most.max() > 2


def knowing(text: str, by: float = 0.0) -> list[float]:
    """A model that finds each text as likely as ``oddly`` does not; by more if it was served ("a")."""
    seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
    dice = np.random.default_rng(seed)
    anyway = -3.0 + dice.normal(size=20)
    return np.minimum(anyway + (by if text.startswith("a") else 0.0), 0.0).tolist()


def test_what_was_served_shows_and_a_reference_makes_it_show_more() -> None:
    made = given(300)
    alone = bits_of(made, lambda text: knowing(text, 0.15))
    beside = bits_of(made, lambda text: knowing(text, 0.15), knowing)
    assert alone > 15
    assert beside > 5 * alone
    assert bits_of(made, knowing) < 3


def test_several_twins_show_more_than_one() -> None:
    one = bits_of(given(150), lambda text: knowing(text, 0.2))
    three = bits_of(given(150, twins=3), lambda text: knowing(text, 0.2))
    assert three > 1.2 * one > 10


def test_an_answer_that_is_missing_costs_the_step_and_nothing_else() -> None:
    made, method = given(5), Twins()
    evidence = method.evidence(made, 1)
    first, second, *_ = method.steps(made, 1)
    good = Scored(("x",), (-1.0,))
    for answers, beside in (([good, NoAnswer("empty")], []), ([good, good], [[NoAnswer("down"), good]])):
        reading = evidence.read(first, answers, beside)
        assert (reading.score, reading.bits, reading.note) == (None, 0.0, "an answer is missing")
    assert evidence.facts() == ()
    likely = Scored(("x",), (-0.5,))
    served = [question.reply.startswith("a") for question in second.questions]
    reading = evidence.read(second, [likely if yes else good for yes in served])
    assert reading.score == 0.5
    assert {fact.name: fact.value for fact in evidence.facts()}["served-likelier"] == 1.0


def test_numbers_that_stand_for_never_do_no_harm() -> None:
    assert np.isfinite(bits_of(given(20), lambda text: [-1e300, -1.0] if "1" in text else [-9999.0]))


def test_cautions_speak_up() -> None:
    same = given(60)
    cold = Given(served=same.served, twins=tuple(replace(one, reply=f"a{one.row}") for one in same.twins))
    assert "deterministic" in {one.name for one in Twins().cautions(cold) if one.severity == "refuse"}
