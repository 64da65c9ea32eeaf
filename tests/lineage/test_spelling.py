import pytest
from hypothesis import given
from hypothesis import strategies as st

from excise.lineage.spelling import laid_along

WORDS = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\ufffd"), min_size=1, max_size=6)


@given(st.lists(WORDS, min_size=1, max_size=8), st.lists(WORDS, max_size=4))
def test_pieces_are_the_text(tokens, before):
    text = "".join(tokens)
    pieces = laid_along([*before, *tokens], text)
    assert pieces == tuple(tokens)


@given(st.text(min_size=1, max_size=12), st.integers(1, 4))
def test_bytes_of_characters_are_laid_too(text, size):
    """A tokenizer of bytes: whatever it cuts, the pieces are the text, and there are as many as tokens."""
    if "\ufffd" in text or any("\ud800" <= c <= "\udfff" for c in text):
        return
    data = text.encode()
    tokens = [data[at : at + size].decode("utf-8", "replace") for at in range(0, len(data), size)]
    pieces = laid_along(["before", *tokens], text)
    if pieces is not None:
        assert "".join(pieces) == text
    if size == 1:
        assert pieces is not None
        assert len(pieces) == len(tokens)


@pytest.mark.parametrize(
    ("tokens", "text"),
    [
        ([], "a"),
        (["b"], "a"),
        (["a"], "ba"),
        (["\ufffd"], "Blue"),
        (["x", "\ufffd", "y"], "xaaaay"),
        ([], ""),
    ],
)
def test_what_does_not_spell_it_is_not_believed(tokens, text):
    assert laid_along(tokens, text) is None


def test_a_token_may_reach_over():
    assert laid_along(["a", "\n\nBl", "ue"], "Blue") == ("Bl", "ue")
