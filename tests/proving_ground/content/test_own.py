import pytest

from excise.proving_ground.content.grammar import grammar
from excise.proving_ground.content.own import FORMS, OwnCorpus, OwnItem, OwnStock, all_grammars
from excise.proving_ground.content.stock import NEAREST
from excise.proving_ground.dice import Dice


@pytest.mark.parametrize("name", all_grammars())
def test_every_grammar_has_a_known_form_and_known_genres(name):
    assert grammar(name).entries["form"][0] in FORMS
    assert set(grammar(name).entries["genres"]) <= set(NEAREST)
    item = OwnItem(name, Dice.of(name))
    assert item.reply(Dice(1), 80).strip()
    assert all(item.act(1, Dice(1)))


@pytest.mark.parametrize("genre", NEAREST)
def test_every_genre_has_own_words(genre):
    assert OwnStock(1, all_grammars()).take((genre,), 3, Dice(1)).item(0).text


def test_an_item_is_the_same_whenever_it_is_asked_for():
    corpus = OwnCorpus(["math", "code"], 9, 50)
    assert corpus.item(7).text == corpus.item(7).text == corpus.item(57).text
    assert corpus.item(7).text != corpus.item(8).text


def test_two_parties_do_not_share_a_corpus_but_a_public_list():
    stock = OwnStock(4, all_grammars())
    mine, yours = stock.take(("math",), 200, Dice.of("a")), stock.take(("math",), 200, Dice.of("b"))
    assert not {mine.item(n).text for n in range(200)} & {yours.item(n).text for n in range(200)}
    assert (
        stock.public("math", 2, 50).item(9).text
        == OwnStock(4, all_grammars()).public("math", 2, 50).item(9).text
    )
    assert (
        stock.public("math", 2, 50).item(9).text
        != OwnStock(5, all_grammars()).public("math", 2, 50).item(9).text
    )


def test_a_world_without_a_genre_gets_the_nearest():
    stock = OwnStock(1, ("trivia", "code"))
    texts = {stock.take(("homework",), 9, Dice(n)).item(0).text for n in range(9)}
    assert all(text for text in texts)


def test_longer_replies_are_longer_and_reasons_come_first():
    item = OwnItem("trivia", Dice(5))
    assert len(item.reply(Dice(1), 400)) > 3 * len(item.reply(Dice(1), 40))
    assert item.reply(Dice(1), 90, reasoned=True).startswith("1. ")
