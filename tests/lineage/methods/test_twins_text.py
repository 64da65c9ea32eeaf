"""Twins by text: exact whatever the suspect says, and strong where it goes on with what was served."""

import itertools
import zlib
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from msgspec.structs import replace
from scipy.stats import binomtest

from excise.errors import BadSetting
from excise.lineage.betting import Purse
from excise.lineage.methods import Given
from excise.lineage.methods.twins_text import TwinsText, beginnings, wagers
from excise.lineage.replies import Message, Reply
from excise.lineage.suspects import Answered, Ask, NoAnswer

RUNS = 20_000
WORDS = ["amber", "basil", "cedar", "delta", "ember", "fjord", "grove", "heron", "inlet", "jetty"]
Says = Callable[[Ask], str]


def text(seed: object, count: int = 12) -> str:
    dice = np.random.default_rng(zlib.crc32(repr(seed).encode()))
    return " ".join(WORDS[at] for at in dice.integers(len(WORDS), size=count))


def given(count: int, swapped: Sequence[bool] = ()) -> Given:
    sides = []
    for row in range(1, count + 1):
        asked = (Message("user", f"q{row}"),)
        one, other = (
            Reply(row=row, id=f"r{row}", messages=asked, reply=text((side, row)))
            for side in ("served", "twin")
        )
        sides.append((other, one) if row <= len(swapped) and swapped[row - 1] else (one, other))
    return Given(served=tuple(one for one, _ in sides), twins=tuple(other for _, other in sides))


def bits_of(made: Given, says: Says, method: TwinsText, reference: Says | None = None) -> float:
    evidence = method.evidence(made, 3)
    for step in method.steps(made, 3):
        asked = [question for question in step.questions if isinstance(question, Ask)]
        beside = [[Answered(reference(one)) for one in asked]] if reference else []
        reading = evidence.read(step, [Answered(says(one)) for one in asked], beside)
        assert reading.bits == evidence.bits
    assert evidence.bits is not None
    return evidence.bits


def oddly(asked: Ask) -> str:
    """What a suspect says that knows nothing of what was served, and has its favorite words."""
    return text((asked.messages, asked.prefix, "oddly"), 8)


def learned(asked: Ask) -> str:
    """What a suspect says that has learned a third of the served replies by heart."""
    row = int(asked.messages[0].content[1:])
    known = text(("served", row))
    if row % 3 == 0 and known.startswith(asked.prefix):
        return known[len(asked.prefix) :]
    return oddly(asked)


METHODS = {
    "places": TwinsText(),
    "bare": TwinsText(places=0, samples=1),
    "both": TwinsText(places=1, samples=2, within=6),
}


@pytest.mark.parametrize("name", METHODS)
def test_over_all_ways_to_serve_the_mean_wealth_is_one(name: str) -> None:
    wealths = [
        2.0 ** bits_of(given(5, ways), oddly, METHODS[name])
        for ways in itertools.product((False, True), repeat=5)
    ]
    assert np.mean(wealths) == pytest.approx(1.0, abs=1e-9)
    assert np.std(wealths) > 0.01


def test_with_a_reference_the_mean_wealth_is_one_too() -> None:
    wealths = [
        2.0 ** bits_of(given(4, ways), oddly, TwinsText(places=1), learned)
        for ways in itertools.product((False, True), repeat=4)
    ]
    assert np.mean(wealths) == pytest.approx(1.0, abs=1e-9)


@pytest.mark.parametrize(("size", "references"), [(4, 0), (8, 1)])
def test_twenty_thousand_nulls(size: int, references: int) -> None:
    """The share that ever reaches b bits is not above 2^-b.

    One-sided binomial tests at 1e-6, six of them: the flake probability is below 1e-5 (the seed is fixed).
    """
    dice = np.random.default_rng(29)
    purse, most = Purse(wagers(size, references, TwinsText().unsure)), np.zeros(RUNS)
    for _ in range(10):
        # Most answers are like neither candidate: many ties, and a few that match long.
        x = dice.poisson(0.4, size=(2, size * (1 + references), RUNS)) * dice.exponential(size=RUNS)
        purse.bet(x + (dice.random(RUNS) < 0.1) * dice.standard_t(2, size=x.shape))
        most = np.maximum(most, purse.bits)
    for bits in (1, 4, 10):
        reached = int((most >= bits).sum())
        assert binomtest(reached, RUNS, 2.0**-bits, alternative="greater").pvalue > 1e-6, (bits, reached)
    assert most.max() > 2


@pytest.mark.parametrize("name", METHODS)
def test_what_is_known_by_heart_shows(name: str) -> None:
    assert bits_of(given(150), learned, METHODS[name]) > 15
    assert bits_of(given(150), oddly, METHODS[name]) < 3


def test_the_questions_begin_both_candidates_alike_and_in_no_telling_order() -> None:
    made, method = given(200), TwinsText(places=3)
    steps = method.steps(made, 9)
    served = {one.id: one.reply for one in made.served}
    first = 0
    for step in steps:
        prefixes = [question.prefix for question in step.questions if isinstance(question, Ask)]
        assert len(prefixes) == 6
        lengths = [len(prefix.split(" ")) for prefix in prefixes]
        assert lengths[:3] == lengths[3:] == [2, 6, 10]
        first += served[step.row].startswith(prefixes[2])
    assert 65 < first < 135, "a fair coin of 200 flips, outside of this once in a million"


def test_beginnings_of_short_texts_are_nothing() -> None:
    assert beginnings("", 2, 16) == beginnings("word", 2, 16) == ["", ""]
    assert beginnings("two words", 2, 16) == ["two", "two"]


def test_a_missing_answer_costs_the_step_and_says_what_to_do() -> None:
    made, method = given(3), TwinsText()
    evidence = method.evidence(made, 1)
    step = method.steps(made, 1)[0]
    reading = evidence.read(step, [Answered("x"), Answered("x"), Answered("x"), NoAnswer("cannot")])
    assert (reading.score, reading.bits) == (None, 0.0)
    assert "samples=1, places=0" in reading.note
    assert evidence.facts() == ()


def test_signs_are_counted_beside() -> None:
    made, method = given(60), TwinsText()
    evidence = method.evidence(made, 3)
    for step in method.steps(made, 3):
        evidence.read(step, [Answered(learned(one)) for one in step.questions if isinstance(one, Ask)])
    facts = {fact.name: fact.value for fact in evidence.facts()}
    assert 0.2 < facts["more-like-served"] < 0.6
    assert facts["bits-of-signs"] > 0


@pytest.mark.parametrize("settings", [{"places": 0}, {"samples": -1}, {"max_tokens": 0}, {"within": 1}])
def test_settings_that_ask_nothing_are_refused(settings: dict[str, int]) -> None:
    with pytest.raises(BadSetting, match="twins_text asks"):
        TwinsText(**settings)


def test_cautions_speak_up() -> None:
    made = given(60)
    other = Given(served=made.served, twins=tuple(replace(one, model="other") for one in made.twins))
    assert "other-version" in {one.name for one in TwinsText().cautions(other)}
