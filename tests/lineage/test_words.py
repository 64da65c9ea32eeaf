"""Texts are cut into words alike, whatever the script."""

from hypothesis import given, settings
from hypothesis import strategies as st

from excise.lineage.words import MOST_WORDS, words


def test_words_marks_and_characters_of_unspaced_scripts_are_told_apart() -> None:
    assert words("Rust—an OXIDE, 2nd!") == ["rust", "—", "an", "oxide", ",", "2nd", "!"]
    assert words("naïve café") == ["naïve", "café"]
    assert words("锈是fe的") == ["锈", "是", "fe", "的"]
    assert words(" \n\t") == []


@settings(deadline=None)
@given(st.text())
def test_blanks_do_not_matter_and_nothing_else_is_lost(text: str) -> None:
    assert "".join(words(text)) == "".join(text.lower().split())


def test_no_text_is_compared_without_end() -> None:
    assert len(words("a " * (MOST_WORDS + 5))) == MOST_WORDS
