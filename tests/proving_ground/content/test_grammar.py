import pytest

from excise.errors import BadTable
from excise.proving_ground.content.grammar import Grammar, grammar, grammars
from excise.proving_ground.dice import Dice

NAMES = [name for name in grammars() if name != "common"]


def test_slots_numbers_and_alternatives_expand():
    made = Grammar({"pet": "cat, dog", "ask": ["[My|Our] {pet} is {3..3}."]}, "pets")
    texts = {made.expand("ask", Dice(n), {}) for n in range(60)}
    assert texts == {"My cat is 3.", "My dog is 3.", "Our cat is 3.", "Our dog is 3."}


def test_what_is_remembered_repeats_within_one_text_and_can_be_given():
    made = Grammar({"pet": "cat, dog, eel, fox", "ask": ["{=pet} {=pet}"]}, "pets")
    for n in range(20):
        first, second = made.expand("ask", Dice(n), {}).split()
        assert first == second
    assert made.expand("ask", Dice(1), {"pet": "yak"}) == "yak yak"


def test_the_nth_template_is_counted_around():
    made = Grammar({"ask": ["a", "b", "c"]}, "abc")
    assert [made.expand_nth("ask", n, Dice(0), {}) for n in (0, 2, 4)] == ["a", "c", "b"]


@pytest.mark.parametrize(
    ("text", "says"),
    [("{nobody}", "'nobody'"), ("[a|b", "without ']'"), ("{a", "without '}'")],
)
def test_a_broken_template_is_named(text, says):
    with pytest.raises(BadTable, match=r"words/x\.toml: ask") as error:
        Grammar({"ask": [text]}, "x")
    assert says in str(error.value)


@pytest.mark.parametrize("name", NAMES)
def test_own_grammars_leave_no_markup_behind(name):
    made = grammar(name)
    for slot in ("ask", "say"):
        for n in range(60):
            text = made.expand(slot, Dice.of(name, slot, n), {})
            assert text.strip()
            assert not set("{}[]|=") & set(text) - set(
                "{}[]=|" if name in {"code", "data", "enrich", "math"} else ""
            )


@pytest.mark.parametrize("name", [n for n in NAMES if "genres" in grammar(n)])
def test_own_prompts_hardly_collide(name):
    drawn = {grammar(name).expand("ask", Dice.of(name, n), {}) for n in range(3_000)}
    assert len(drawn) > 2_900
