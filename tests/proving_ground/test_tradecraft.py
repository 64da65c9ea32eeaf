from excise.proving_ground.dice import Dice
from excise.proving_ground.tradecraft import Tendency, Tradecraft


def test_campaigns_of_one_world_have_a_tendency_and_worlds_differ():
    def networks(world):
        tendency = Tendency.of(Dice.of(world))
        return [tendency.tradecraft(Dice.of(world, n)).network for n in range(60)]

    assert max(map(networks(1).count, set(networks(1)))) > 60 / 7
    assert networks(1) != networks(2)


def test_everything_can_be_drawn():
    drawn = [Tendency.of(Dice(n)).tradecraft(Dice(n)) for n in range(300)]
    for field in Tradecraft.__struct_fields__:
        assert len({getattr(craft, field) for craft in drawn}) >= 3, field
