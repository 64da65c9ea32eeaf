"""How alike two texts are, in the ways that methods compare them."""

from hypothesis import given, settings
from hypothesis import strategies as st

from excise.lineage.likeness import Surprise, grams, jaccard, shared_beginning
from excise.lineage.words import MOST_WORDS, words

TEXTS = [words(text) for text in ("the zinc is red", "the iron is red", "the iron is hot", "a tin is red")]


def test_what_is_rare_surprises_more() -> None:
    surprise = Surprise(TEXTS)
    assert surprise.after("the", "zinc") > surprise.after("the", "iron") > 0
    assert surprise.after("", "unheard") > surprise.after("", "the")
    assert surprise.anywhere("zinc") > surprise.anywhere("is") > 0


def test_a_longer_shared_beginning_is_worth_more_and_ends_at_the_first_difference() -> None:
    surprise = Surprise(TEXTS)
    said = words("the iron is cold and red")
    two = surprise.alike(said, words("the iron was cold"))
    assert surprise.alike(said, words("the iron is hot")) > two > surprise.alike(said, words("the zinc")) > 0
    assert surprise.alike(said, words("iron is cold and red")) == 0.0
    assert surprise.alike(said, []) == 0.0


def test_shared_rare_words_are_worth_more_than_common_ones() -> None:
    surprise = Surprise(TEXTS)
    assert surprise.shared(["zinc"], ["zinc", "is"], 1) > surprise.shared(["is"], ["zinc", "is"], 1) > 0
    assert surprise.shared(["zinc", "is"], ["zinc", "is"], 2) > 0
    assert surprise.shared(["is", "zinc"], ["zinc", "is"], 2) == 0.0
    assert surprise.shared([], [], 1) == 0.0


@settings(deadline=None)
@given(st.text(), st.text())
def test_likeness_is_between_nothing_and_all(one: str, other: str) -> None:
    assert 0.0 <= jaccard(one, other) <= 1.0
    assert jaccard(one, other) == jaccard(other, one)


@settings(deadline=None)
@given(st.lists(st.text(alphabet="ab ", max_size=12), min_size=2, max_size=4))
def test_a_shared_beginning_begins_all_and_ends_with_a_word(texts: list[str]) -> None:
    first = shared_beginning(texts)
    assert all(text.startswith(first) for text in texts)
    assert first == "" or all(text[len(first) : len(first) + 1] in {" ", ""} for text in texts)


def test_grams_of_short_texts_are_the_texts() -> None:
    assert grams("a b") == {"ab"}
    assert grams("KESTREL 9") == {"kestr", "estre", "strel", "trel9"}


def test_huge_texts_are_cut() -> None:
    assert len(words("a " * 1_000_000)) == MOST_WORDS
    assert len(grams("".join(map(str, range(100_000))))) < 4_000
