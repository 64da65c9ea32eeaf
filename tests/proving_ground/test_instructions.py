from excise.proving_ground.dice import Dice
from excise.proving_ground.instructions import Wording, instruction, public_template

FLAVORS = (
    "assistant labeler extractor translator summarizer developer persona agent "
    "evaluator reasoner grader generator polyglot reviser"
)


def test_every_flavor_has_words_that_two_parties_do_not_share():
    for flavor in FLAVORS.split():
        drawn = {instruction(flavor, Dice.of(flavor, n)) for n in range(40)}
        assert len(drawn) >= 38, flavor
        assert all(len(text.split()) > 4 for text in drawn)


def test_wording_rotates_as_often_as_told():
    still, turning = Wording("reasoner", Dice(1), 0.0), Wording("reasoner", Dice(1), 1.0)
    assert {still.say(Dice(n)) for n in range(20)} == {still.fixed}
    assert len({turning.say(Dice(n)) for n in range(20)}) > 15
    half = Wording("reasoner", Dice(1), 0.5)
    assert 25 < sum(half.say(Dice(n)) == half.fixed for n in range(100)) < 75


def test_public_templates_belong_to_a_world():
    assert public_template(1, 2) == public_template(1, 2) != public_template(2, 2)
