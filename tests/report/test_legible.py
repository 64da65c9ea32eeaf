import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from excise.report.legible import legible

HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


@given(st.text(st.characters(), max_size=300), st.integers(5, 60))
def test_one_line_nothing_hidden_never_too_long(text, limit):
    shown = legible(text, limit)
    assert len(shown) <= limit
    assert not HIDDEN & {unicodedata.category(c) for c in shown}


@given(st.text(st.characters(exclude_categories=HIDDEN | {"Mn", "Me"}), max_size=100))
def test_what_is_legible_stays(text):
    assert legible(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07after", "after"),
        ("\x1b]8;;https://x.example\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9b2Jgone", "gone"),
        ("\x1b]0;never ends", "\\x1b]0;never ends"),
        ("\x1b", "\\x1b"),
        ("a\x00b\nc\td\re", "a\\0b\\nc\\td\\re"),
        ("user\u202egnp.exe", "user\\u202egnp.exe"),
        ("a\u200bb\ufeff", "a\\u200bb\\ufeff"),
        ("lone\ud800", "lone\\ud800"),
        ("tag\U000e0041", "tag\\U000e0041"),
        ("e\u0301", "e\u0301"),
        ("\u0639\u0631\u0628\u064a", "\u0639\u0631\u0628\u064a"),
        ("", ""),
    ],
)
def test_attacks_become_visible(text, shown):
    assert legible(text) == shown


def test_marks_do_not_pile_up():
    assert legible("z" + "\u0301" * 400) == "z\u0301\u0301\u0301…"
    assert legible("z" + "\u0301" * 3) != legible("z" + "\u0301" * 4)


def test_both_ends_of_a_long_name_stay():
    name = "key-" + "x" * 100_000 + "-7f"
    assert legible(name, 20).startswith("key-")
    assert legible(name, 20).endswith("-7f")
    assert len(legible(name, 20)) == 20
