import pytest
from hypothesis import given
from hypothesis import strategies as st

from excise.casework.state.texts import cut, fresh, kept
from excise.errors import BadSetting


@given(st.text(max_size=300))
def test_what_is_kept_can_be_stored_and_does_not_turn_text_around(text):
    made = cut(text, most=100)
    made.encode()
    assert len(made) <= 100
    assert not set(made) & set("\x00\x1b\x7f\u202e\u2066")
    assert cut(made, most=100) == made


def test_too_long_is_refused_from_people_and_cut_from_strangers():
    with pytest.raises(BadSetting, match="has 11 characters; at most 10"):
        kept("x" * 11, "comment", most=10)
    assert cut("x" * 10_000_000, most=10) == "x" * 10
    assert kept("a\n\tb", "comment") == "a\n\tb"


def test_ids_differ():
    assert len({fresh("case-", digits=8) for _ in range(100)}) == 100
