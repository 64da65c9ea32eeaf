"""Sketches: equal words and equal runs are sampled alike everywhere, under one key and no other."""

from functools import reduce
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from excise.observation import sketches
from excise.observation.sketches import (
    FRAGMENTS,
    LONGEST_CHARACTERS,
    MINHASH_SIZE,
    RUN_WORDS,
    Sketches,
    merged_minhash,
    words_of,
)

FEW = settings(max_examples=40, deadline=None)
WORDS = st.lists(st.sampled_from([f"word{n}" for n in range(60)]), max_size=300)
SKETCH = st.lists(st.integers(0, 200), max_size=60).map(
    lambda v: np.unique(np.array(v, np.uint32))[:MINHASH_SIZE]
)


def made(texts: list[list[str]], key: bytes = bytes(32)) -> tuple[list[list[int]], list[list[int]]]:
    under = Sketches(key)
    flat, offsets = under.hashes(texts)
    return under.fragments(flat, offsets).to_pylist(), under.minhash(flat, offsets).to_pylist()


@FEW
@given(st.text(st.characters(max_codepoint=127), max_size=200))
def test_the_quick_way_for_plain_text_is_the_expression(text: str) -> None:
    assert words_of(text) == sketches._WORDS.findall(text.lower())


@FEW
@given(st.text(max_size=100))
def test_words_are_lower_case_and_hold_no_space(text: str) -> None:
    for word in words_of(text):
        assert word
        assert not any(c.isspace() for c in word)
        assert word == word.lower() or not word.isascii()


def test_scripts_without_spaces_are_cut_into_characters() -> None:
    assert words_of("請一步 step 한국") == ["請", "一", "步", "step", "한", "국"]


def test_of_a_long_text_the_middle_is_left_out() -> None:
    words = words_of("first " + "x" * LONGEST_CHARACTERS + " middle " + "y" * LONGEST_CHARACTERS + " last")
    assert words[0] == "first"
    assert words[-1] == "last"
    assert "middle" not in words


@FEW
@given(st.lists(WORDS, max_size=6), st.randoms(use_true_random=False))
def test_a_text_is_sketched_alike_in_whatever_company(texts: list[list[str]], shuffle) -> None:
    order = list(range(len(texts)))
    shuffle.shuffle(order)
    fragments, minhash = made(texts)
    turned_fragments, turned_minhash = made([texts[at] for at in order])
    assert turned_fragments == [fragments[at] for at in order]
    assert turned_minhash == [minhash[at] for at in order]
    for text, runs, least in zip(texts, fragments, minhash, strict=True):
        assert len(runs) == min(FRAGMENTS, len(runs))
        assert (not runs) == (len(text) < RUN_WORDS)
        assert least == sorted(set(least))
        assert len(least) == min(MINHASH_SIZE, len(set(text)))


@FEW
@given(WORDS, WORDS)
def test_the_sketch_of_two_texts_is_their_sketches_merged(one: list[str], other: list[str]) -> None:
    _, (first, second, both) = made([one, other, one + other])
    merged = merged_minhash(np.array(first, np.uint32), np.array(second, np.uint32))
    assert merged.tolist() == both


@FEW
@given(st.lists(SKETCH, min_size=3, max_size=3))
def test_merging_is_associative_commutative_and_idempotent(three: list[np.ndarray]) -> None:
    a, b, c = three
    assert merged_minhash(a, b).tolist() == merged_minhash(b, a).tolist()
    assert merged_minhash(a, a).tolist() == a.tolist()
    left, right = merged_minhash(merged_minhash(a, b), c), merged_minhash(a, merged_minhash(b, c))
    assert left.tolist() == right.tolist() == reduce(merged_minhash, [c, a, b]).tolist()


@FEW
@given(st.binary(min_size=32, max_size=32), WORDS.filter(lambda words: len(words) >= 30))
def test_under_another_key_nothing_is_equal(key: bytes, words: list[str]) -> None:
    """The 32-bit word hashes of one example collide once in 2^32 / 24^2 times: under 1e-5 in all."""
    if key == bytes(32):
        return
    (mine,), (my_words,) = made([words])
    (theirs,), (their_words,) = made([words], key)
    assert mine
    assert not set(mine) & set(theirs)
    assert not set(my_words) & set(their_words)


def test_a_template_is_seen_in_texts_of_every_length() -> None:
    """A boilerplate of forty words, filled with ever other words: its runs are the ones that recur.

    Of a text of n words the sample keeps 4 of its first 64 and 4 of its last, so two texts that begin alike
    share runs whatever stands between.
    """
    boiler = [f"boiler{n}" for n in range(40)]
    texts = [boiler + [f"own{n}x{k}" for k in range(n * 37)] for n in range(1, 12)]
    fragments, _ = made(texts)
    for one, other in pairwise(fragments):
        assert set(one) & set(other)


def test_an_edge_of_a_long_text_is_sampled_as_the_edge_alone() -> None:
    """The first 64 runs of a long text give the same four fragments whatever follows."""
    head = [f"head{n}" for n in range(80)]
    fragments, _ = made([head + [f"a{n}" for n in range(300)], head + [f"b{n}" for n in range(900)]])
    assert len(set(fragments[0]) & set(fragments[1])) >= 4


def test_who_writes_the_words_does_not_choose_the_sample() -> None:
    """Under two keys other runs of one text are sampled: the places of the samples differ."""
    words = [f"word{n}" for n in range(120)]

    def places(key: bytes) -> set[int]:
        (kept,), _ = made([words], key)
        runs = [made([words[at : at + RUN_WORDS]], key)[0][0][0] for at in range(len(words) - RUN_WORDS + 1)]
        return {runs.index(run) for run in kept}

    assert places(bytes(32)) != places(bytes([9]) * 32)


@pytest.mark.parametrize(("count", "known"), [(11, False), (12, True), (40, True)])
def test_the_ends_are_known_from_twelve_words_on(count: int, known: bool) -> None:  # noqa: FBT001 - a parameter
    words = [f"word{n}" for n in range(count)]
    under = Sketches(bytes(32))
    opening, closing = under.ends(*under.hashes([words, words[:6], words[-6:] * 2]))
    assert (opening[0].is_valid, closing[0].is_valid) == (known, known)
    if known:
        # the run of the last six words is the same run wherever it stands
        assert closing[0].as_py() == closing[2].as_py()
        assert opening[0].as_py() != closing[0].as_py()


def test_numbers_do_not_hide_a_template() -> None:
    fragments, _ = made(
        [words_of(f"write problem number {n} of the set of hard problems") for n in (1, 2, 99)]
    )
    assert fragments[0] == fragments[1] == fragments[2]
