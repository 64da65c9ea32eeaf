"""Cues: each phrase that is listed is found, in whatever text it stands."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from excise.observation.cues import bit_of, cue_bits, cues
from excise.observation.sketches import words_of

PHRASES = [(cue.name, phrase) for cue in cues() for phrase in cue.phrases]


def bits(text: str) -> int:
    return cue_bits(text.lower(), words_of(text))


@pytest.mark.parametrize(("name", "phrase"), PHRASES, ids=lambda value: value)
def test_every_phrase_is_reached(name: str, phrase: str) -> None:
    assert phrase == phrase.lower()
    assert bits(phrase) & bit_of(name)
    assert bits(f"Please: {phrase.upper()}, and be quick.") & bit_of(name) or phrase.upper().lower() != phrase


def test_no_phrase_stands_twice() -> None:
    assert len({phrase for _, phrase in PHRASES}) == len(PHRASES)


def test_each_cue_has_a_bit_of_its_own_and_a_source() -> None:
    values = [bit_of(cue.name) for cue in cues()]
    assert values == [1 << place for place in range(len(values))]
    assert max(values) < 2**31  # the column has 32 bits
    assert all(cue.source.strip() for cue in cues())


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=40), st.sampled_from(PHRASES), st.text(max_size=40))
def test_bits_are_exactly_the_phrases_that_stand_there(
    before: str, phrase: tuple[str, str], after: str
) -> None:
    text = f"{before} {phrase[1]} {after}".lower()
    expected = 0
    for name, listed in PHRASES:
        expected |= bit_of(name) if listed in text else 0
    found = bits(text)
    assert found & ~expected == 0
    assert found & bit_of(phrase[0])


def test_plain_words_have_no_cue() -> None:
    assert bits("What is the capital of France?") == 0
    assert bits("") == 0
