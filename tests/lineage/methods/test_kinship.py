"""Kinship gives leads: how alike models are, and never any bits."""

import pytest

from excise.errors import BadTable
from excise.lineage.methods import Given
from excise.lineage.methods.kinship import Kinship
from excise.lineage.replies import Message, Prompt
from excise.lineage.suspects import Answered, NoAnswer

PROMPTS = tuple(
    Prompt(row=row, id=f"p{row}", messages=(Message("user", f"Tell me of number {row}."),))
    for row in range(1, 31)
)
GIVEN = Given(prompts=PROMPTS)


def facts(mine: str, *others: str, method: Kinship | None = None) -> dict[str, float]:
    method = method or Kinship()
    evidence = method.evidence(GIVEN, 1)
    for step in method.steps(GIVEN, 1):
        reading = evidence.read(step, [Answered(mine)], [[Answered(other)] for other in others])
        assert reading.bits is None
    assert evidence.bits is None
    return {fact.name: fact.value for fact in evidence.facts()}


def test_the_nearer_reference_is_told_from_the_other() -> None:
    found = facts("a red brick in a wall", "a red brick on a wall", "und so weiter")
    assert found["word-pairs-1"] > 0.3 > found["word-pairs-2"] == 0.0
    assert found["style-1"] < 0.3
    assert 0.99 < found["style-2"] <= 1.0


def test_names_are_looked_for_as_whole_words() -> None:
    method = Kinship(names="Acme, Robo-1")
    assert facts("I am ROBO-1, by acme", "x", method=method)["names-given"] == 34
    assert facts("I am acmeist", "x", method=method)["names-given"] == 0
    assert "names-given" not in facts("I am acme", "x")


def test_it_asks_who_it_is_first_and_no_more_prompts_than_set() -> None:
    steps = Kinship(prompts=7).steps(GIVEN, 1)
    assert [step.row.startswith("identity ") for step in steps] == [True] * 4 + [False] * 7
    assert steps != Kinship(prompts=7).steps(GIVEN, 2)


def test_missing_answers_are_said_and_not_made_up() -> None:
    method = Kinship()
    evidence = method.evidence(GIVEN, 1)
    step = method.steps(GIVEN, 1)[-1]
    assert evidence.read(step, [NoAnswer("down")], [[Answered("x")]]).note == "no answer"
    assert evidence.read(step, [Answered("x")], [[NoAnswer("down")]]).note == "a reference gave no answer"
    assert evidence.facts() == ()
    assert evidence.read(step, [Answered("a red brick")], [[Answered("a red brick")]]).score == 1.0


def test_silence_has_no_style() -> None:
    assert facts("", "words")["style-1"] == 1.0


def test_without_prompts_there_is_nothing_to_ask() -> None:
    with pytest.raises(BadTable, match="no prompts were given"):
        Kinship().steps(Given(), 1)
