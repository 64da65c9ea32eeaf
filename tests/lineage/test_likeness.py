"""How alike two texts are, in the ways that methods compare them."""

from hypothesis import given
from hypothesis import strategies as st

from excise.lineage.likeness import grams, jaccard, overlap, runs_of, same_words, shared_beginning
from excise.lineage.words import MOST_WORDS, words


def test_rare_runs_weigh_more_where_weights_say_so() -> None:
    answer = runs_of("the zinc and the tin", 1)
    zinc, iron = runs_of("zinc the", 1), runs_of("iron the", 1)
    weights = {("zinc",): 5.0, ("iron",): 5.0, ("the",): 0.1}
    assert overlap(answer, zinc, weights) > 10 * overlap(answer, iron, weights) > 0
    assert overlap(answer, runs_of("", 1), weights) == 0.0


@given(st.text(), st.text())
def test_likeness_is_between_nothing_and_all(one: str, other: str) -> None:
    assert 0.0 <= jaccard(one, other) <= 1.0
    assert jaccard(one, other) == jaccard(other, one)
    assert same_words(one, one) == len(words(one))
    assert same_words(one, other) <= len(words(one))


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
