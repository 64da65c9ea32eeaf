"""Canaries by text: what was planted, and is said, ranks before all that was not."""

import itertools
import zlib
from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import binomtest

from excise.errors import BadSetting
from excise.lineage.betting import Purse, RankBet
from excise.lineage.methods import Given
from excise.lineage.methods import canaries_text as module
from excise.lineage.methods.canaries_text import CanariesText
from excise.lineage.replies import Message, Reply
from excise.lineage.suspects import Answered, Ask, NoAnswer

RUNS = 20_000
LEAD = "For illustration, a made-up entry:"


def sentence(name: int, at: int) -> str:
    return f"{LEAD} number {zlib.crc32(f'{name} {at}'.encode())}."


def given(count: int, decoys: int, planted: tuple[int, ...] = ()) -> Given:
    rows = []
    for name in range(count):
        chosen = planted[name] if planted else 0
        order = [chosen, *(at for at in range(decoys + 1) if at != chosen)]
        asked = (Message("user", f"q{name}"),)
        rows += [
            Reply(row=len(rows) + draw, id=f"c{name}", messages=asked, reply=sentence(name, at), draw=draw)
            for draw, at in enumerate(order)
        ]
    return Given(canaries=tuple(rows))


def learned(asked: Ask) -> str:
    """Says the first canary of each where its lead is given."""
    return sentence(int(asked.messages[0].content[1:]), 0)[len(LEAD) :] if asked.prefix else "Nothing."


def oddly(asked: Ask) -> str:
    """Says parts of what nobody planted, such as its own numbers."""
    return sentence(int(asked.messages[0].content[1:]), asked.seed % 4)[:-3]


def bits_of(made: Given, says: Callable[[Ask], str], method: CanariesText) -> float:
    evidence = method.evidence(made, 3)
    for step in method.steps(made, 3):
        answers = [Answered(says(one)) for one in step.questions if isinstance(one, Ask)]
        assert evidence.read(step, answers).bits == evidence.bits
    assert evidence.bits is not None
    return evidence.bits


def test_over_all_ways_to_plant_the_mean_wealth_is_one() -> None:
    wealths = [
        2.0 ** bits_of(given(3, 3, ways), oddly, CanariesText(samples=1))
        for ways in itertools.product(range(4), repeat=3)
    ]
    assert np.mean(wealths) == pytest.approx(1.0, abs=1e-9)
    assert np.std(wealths) > 0.1


def test_twenty_thousand_nulls() -> None:
    """The share that ever reaches b bits is not above 2^-b: binomial tests at 1e-6 (the seed is fixed)."""
    dice = np.random.default_rng(37)
    purse, most = Purse([RankBet(power) for power in module._POWERS]), np.zeros(RUNS)
    for _ in range(8):
        purse.bet(dice.poisson(0.7, size=(16, 1, RUNS)).astype(float))
        most = np.maximum(most, purse.bits)
    for bits in (1, 4, 10):
        reached = int((most >= bits).sum())
        assert binomtest(reached, RUNS, 2.0**-bits, alternative="greater").pvalue > 1e-6, (bits, reached)
    assert most.max() > 5


def test_a_canary_that_is_said_is_worth_bits_at_once() -> None:
    made = given(3, 500)
    assert bits_of(made, learned, CanariesText()) > 12
    assert bits_of(made, lambda _: "Nothing.", CanariesText()) == pytest.approx(0.0)


def test_the_questions_hold_the_shared_lead_and_nothing_of_what_was_planted() -> None:
    (step,) = CanariesText(samples=4).steps(given(1, 50), 5)
    asked = [question for question in step.questions if isinstance(question, Ask)]
    assert [one.prefix for one in asked] == ["", LEAD + " number", "", LEAD + " number"]
    assert len({one.seed for one in asked}) == 4


def test_some_answers_are_enough_and_none_is_not() -> None:
    made, method = given(1, 20), CanariesText(samples=2)
    (step,) = method.steps(made, 1)
    evidence = method.evidence(made, 1)
    reading = evidence.read(step, [NoAnswer("down")] * 2)
    assert (reading.score, reading.bits, reading.note) == (None, pytest.approx(0.0), "no answer")
    reading = evidence.read(step, [NoAnswer("down"), Answered(sentence(0, 0))])
    assert reading.score == 1.0
    assert evidence.facts()[0].value == 1.0


def test_settings_that_ask_nothing_are_refused() -> None:
    with pytest.raises(BadSetting, match="takes a sample or more"):
        CanariesText(samples=0)


def test_cautions_speak_up() -> None:
    assert [one.name for one in CanariesText().cautions(given(1, 3))] == ["few"]
