import msgspec
import pytest

from excise.proving_ground.content.own import all_grammars
from excise.proving_ground.draw import SCALES, Scale, demo, draw, grow
from excise.proving_ground.populations import honest_kinds, tactic_kinds
from excise.proving_ground.world import World

SMALL = SCALES["small"]


@pytest.mark.parametrize("seed", range(12))
def test_a_drawn_world_keeps_its_bounds(seed):
    world = draw(seed, SMALL)
    harvesting = sum(c.accounts for c in world.campaigns)
    assert world == draw(seed, SMALL)
    assert world.accounts + harvesting == SMALL.accounts
    assert 0.005 < harvesting / SMALL.accounts < 0.15
    assert abs(sum(world.honest.values()) - 1.0) < 1e-9
    assert 4 <= world.days <= 30
    assert set(world.grammars) <= set(all_grammars())
    for campaign in world.campaigns:
        tactic = tactic_kinds()[campaign.tactic]
        assert campaign.accounts <= tactic.accounts[1]
        assert set(campaign.genres) <= set(tactic.genres)
    assert msgspec.json.decode(msgspec.json.encode(world), type=World) == world


def test_worlds_differ_widely():
    worlds = [draw(seed, SMALL) for seed in range(30)]
    assert max(w.habits.fresh for w in worlds) > 4 * min(w.habits.fresh for w in worlds)
    assert len({c.tactic for w in worlds for c in w.campaigns}) > 12
    assert len({w.days for w in worlds}) > 8
    assert len({c.tradecraft.network for w in worlds for c in w.campaigns}) == 7


def test_whole_tactics_kinds_and_sources_can_be_left_out():
    world = draw(
        1,
        Scale(2000, 20_000),
        honest=["person", "developer"],
        tactics=["bulk", "squad"],
        grammars=["math", "trivia", "essay"],
        sources=["one", "two", "three"],
        harvesting=0.03,
    )
    assert set(world.honest) == {"person", "developer"}
    assert {c.tactic for c in world.campaigns} <= {"bulk", "squad"}
    assert len(world.sources) == 2
    assert set(world.grammars) <= {"math", "trivia", "essay"}
    assert sum(c.accounts for c in world.campaigns) == 60


def test_base_rates_go_down_to_one_in_a_thousand():
    world = draw(3, Scale(10_000, 100_000), harvesting=0.001)
    assert sum(c.accounts for c in world.campaigns) == 10


def test_the_demo_has_every_kind_and_five_tactic_kinds():
    world = demo()
    assert set(world.honest) == set(honest_kinds())
    assert len({c.tactic for c in world.campaigns}) == len(world.campaigns) == 5


def test_growing_by_one_changes_nothing():
    assert grow(demo(), 1.0) == demo()
