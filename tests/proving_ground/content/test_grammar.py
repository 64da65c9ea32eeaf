import pytest

from excise.errors import BadTable
from excise.proving_ground.content.grammar import Bound, Grammar, grammar, grammars
from excise.proving_ground.dice import Dice

NAMES = [name for name in grammars() if name != "common"]


def test_slots_numbers_and_alternatives_expand():
    made = Grammar({"pet": "cat, dog", "ask": ["[My|Our] {pet} is {3..3}."]}, "pets")
    texts = {made.expand("ask", Dice(n), Bound()) for n in range(60)}
    assert texts == {"My cat is 3.", "My dog is 3.", "Our cat is 3.", "Our dog is 3."}


def test_what_is_remembered_repeats_within_one_text_and_can_be_given():
    made = Grammar({"pet": "cat, dog, eel, fox", "ask": ["{=pet} {=pet}"]}, "pets")
    for n in range(20):
        first, second = made.expand("ask", Dice(n), Bound()).split()
        assert first == second
    assert made.expand("ask", Dice(1), Bound({"pet": "yak"})) == "yak yak"


def test_the_nth_template_is_counted_around():
    made = Grammar({"ask": ["a", "b", "c"]}, "abc")
    assert [made.expand_nth("ask", n, Dice(0), Bound()) for n in (0, 2, 4)] == ["a", "c", "b"]


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
            text = made.expand(slot, Dice.of(name, slot, n), Bound())
            assert text.strip()
            assert not set("{}[]|=") & set(text) - set(
                "{}[]=|" if name in {"code", "data", "enrich", "math"} else ""
            )


@pytest.mark.parametrize("name", [n for n in NAMES if "genres" in grammar(n)])
def test_own_prompts_hardly_collide(name):
    drawn = {grammar(name).expand("ask", Dice.of(name, n), Bound()) for n in range(3_000)}
    assert len(drawn) > 2_900


def test_a_party_that_talks_about_the_same_things_keeps_to_a_part_of_each_list():
    made = Grammar({"n": ", ".join(f"w{n}" for n in range(200)), "ask": ["{n}"]}, "many")
    narrow = {made.expand("ask", Dice(n), Bound(share=0.1, salt=7)) for n in range(500)}
    other = {made.expand("ask", Dice(n), Bound(share=0.1, salt=150)) for n in range(500)}
    assert len(narrow) == len(other) == 20
    assert not narrow & other
