"""The panel: owners whom nobody suspects, whole, and the same for the same seed."""

import numpy as np

from excise.service.loop.surroundings import Surroundings


def _made(one, seed):
    whole = one.loop._beside.latest()
    return whole, Surroundings(one.store.path, one.loop._runs, whole, seed=seed)


def test_the_panel_is_ordinary_whole_and_drawn_by_seed(bench, world):
    one = bench("one")
    one.waiting.put(world.rows)
    one.turn()
    whole, made = _made(one, 3)
    assert made.panel
    assert made.panel == _made(one, 3)[1].panel
    roll, claims = whole.roll(), whole.claims()
    inside = np.array([account in made.panel for account in roll.accounts])
    assert (claims[inside] < 3.0).all()
    for owner in np.unique(roll.owner[inside]):
        assert inside[roll.owner == owner].all(), "an owner is in it with all accounts"
    assert set(made.rows_of(made.panel)["account"].to_pylist()) <= made.panel


def test_the_directory_is_known_of_those_asked_for(bench, world):
    one = bench("one")
    one.waiting.put(world.rows)
    one.turn()
    _, made = _made(one, 0)
    asked = set(world.tables["accounts"]["account"].to_pylist()[:3])
    assert made.known(asked).keys() == asked
