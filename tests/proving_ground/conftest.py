from collections.abc import Callable

import pytest

from excise.proving_ground.compose import setting_of
from excise.proving_ground.content.own import all_grammars
from excise.proving_ground.setting import Setting
from excise.proving_ground.world import World


@pytest.fixture(scope="session")
def world() -> World:
    """A world without anybody in it yet."""
    return World(
        seed=3,
        accounts=60,
        exchanges=600,
        days=6,
        honest={"person": 1.0},
        campaigns=(),
        grammars=all_grammars(),
    )


@pytest.fixture
def fresh(world: World) -> Callable[[], Setting]:
    """Makes the setting of that world anew: laying out offices changes its networks."""
    return lambda: setting_of(world)
