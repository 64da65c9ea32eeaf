"""Every peer keeps the contract of ``excise.proving_ground.peers``."""

import sys

import numpy as np
import pytest

from excise.errors import NotInstalled
from excise.proving_ground.peers import optional, peer_kinds

NEEDS = {"ecod": "pyod", "isolation_forest": "pyod", "splink": "splink"}


@pytest.mark.parametrize("name", peer_kinds())
def test_it_ranks_every_account_and_again_alike(name, world_store, seen_of):
    if name in NEEDS:
        pytest.importorskip(NEEDS[name], reason="the extra peers is not installed")
    kind = peer_kinds()[name]
    assert kind.source
    seen = seen_of(world_store)
    first, second = kind().rank(seen, seed=3), kind().rank(seen, seed=3)
    assert first.rank.shape == (len(seen.accounts),)
    assert not np.isnan(first.rank).any()
    assert len(np.unique(first.rank)) > 10  # it tells accounts apart
    assert np.array_equal(first.rank, second.rank)
    assert first.actor == second.actor
    assert first.actor is None or len(first.actor) == len(seen.accounts)


@pytest.mark.parametrize(("name", "package"), NEEDS.items())
def test_a_package_that_is_not_there_is_named_with_the_way_out(
    name, package, world_store, seen_of, monkeypatch
):
    for module in [m for m in sys.modules if m.partition(".")[0] == package]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(NotInstalled, match=rf"{package} is not installed.*pip install 'excise\[peers\]'"):
        peer_kinds()[name]().rank(seen_of(world_store), seed=0)


def test_nothing_optional_is_loaded_before_it_is_needed():
    assert optional("statistics").mean([1, 3]) == 2
