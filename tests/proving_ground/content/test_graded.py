from excise.proving_ground.content.graded import Examples, Graded, Revised
from excise.proving_ground.content.own import OwnCorpus
from excise.proving_ground.dice import Dice

CORPUS = OwnCorpus(["trivia"], 1, 40)


def test_a_graded_item_shows_the_question_and_gets_a_grade():
    item = CORPUS.item(3)
    one, two = Graded(item, Dice(1), pairs=False), Graded(item, Dice(1), pairs=True)
    assert item.text in one.text
    assert 1 <= int(one.reply(Dice(2), 10)) <= 10
    assert two.reply(Dice(2), 10) in {"A", "B"}
    assert len(one.reply(Dice(2), 80)) > 20


def test_examples_are_numbered_and_go_on():
    shown = Examples(CORPUS, Dice(1), 3)
    assert [line[:2] for line in shown.text.split("\n") if line[:1].isdigit()] == ["1.", "2.", "3.", "4."]
    assert shown.reply(Dice(1), 100).startswith("4. ")


def test_a_draft_is_shown_and_improved():
    item = CORPUS.item(5)
    revised = Revised(item, Dice(1))
    assert item.text in revised.text
    assert revised.reply(Dice(1), 50)
