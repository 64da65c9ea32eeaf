import pytest

from excise.lineage.asking import PLACEBO
from excise.lineage.finding import Finding, Outcome
from excise.lineage.wording import answer, called, strength, tries


def finding(bits):
    return Finding(
        protocol_sha256="",
        method="twins",
        hypothesis="",
        null="",
        bits=bits,
        ended="asked",
        outcomes=(),
        cautions=(),
        assumes=(),
        does_not_prove=(),
        frozen_at_s=0.0,
        ended_at_s=0.0,
        version="0",
    )


@pytest.mark.parametrize(
    ("bits", "words"),
    [
        (-4.0, "no evidence"),
        (0.9, "no evidence"),
        (1.0, "weak evidence"),
        (5.0, "moderate evidence"),
        (9.0, "moderately strong evidence"),
        (10.0, "strong evidence"),
        (15.0, "very strong evidence"),
        (116.0, "extremely strong evidence"),
    ],
)
def test_strength_has_words(bits, words):
    assert strength(bits) == words


def test_tries_never_claim_more_than_the_bits():
    said = {at: tries(at) for at in range(1, 50)}
    assert said[1] == "2"
    assert said[13] == "8,200"
    assert said[30] == "1.1 billion"
    assert said[40] == "1.1 trillion"
    assert len(set(said.values())) == 49
    assert tries(5_000) == "more than a thousand trillion"


def test_the_answer_is_the_number_in_words_and_no_more():
    assert answer(finding(30.0)) == (
        "Extremely strong evidence that it was. Had it not been, a result this strong would come up at most "
        "once in 1.1 billion tries."
    )
    assert answer(finding(-2.0)).startswith("No evidence that it was. That is not evidence that it was not")
    assert answer(finding(None)).startswith("This is a lead, and no finding")


@pytest.mark.parametrize("role", ["suspect", "control", PLACEBO])
def test_every_role_is_called_something(role):
    outcome = Outcome(role=role, name="x", bits=1.0, steps=1, counted=1, asked=1, gaps=(), measures=())
    assert called(outcome)
