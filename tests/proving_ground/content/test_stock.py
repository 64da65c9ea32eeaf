from excise.proving_ground.content.stock import NEAREST, Corpus, Item, Stock
from excise.proving_ground.dice import Dice


def test_what_is_nearest_is_itself_a_genre():
    assert {near for genres in NEAREST.values() for near in genres} <= set(NEAREST)


def test_an_item_acts_and_ends_by_default():
    class Bare(Item):
        system, text = None, "x"

        def reply(self, dice, words, *, reasoned=False):
            return f"{words}" if dice and not reasoned else ""

    assert Bare().further(1) is None
    assert Bare().act(1, Dice(1)) == ("40", "60")


def test_the_contracts_are_abstract():
    assert Corpus.__abstractmethods__ == {"item"}
    assert Stock.__abstractmethods__ == {"take", "public", "harvest"}
