"""Every method is measured on the same worlds, and what is not installed is said."""

import sys

import msgspec
import numpy as np
import pytest

from excise.proving_ground.draw import SCALES, Scale
from excise.proving_ground.peers import peer_kinds
from excise.proving_ground.trials import judged
from excise.proving_ground.trials.peers import OURS, Peers, Table, seen_by_peers, verdicts

SEED = 7  # of tuning, as all below 500 are


@pytest.fixture(scope="module")
def said() -> list[str]:
    return []


@pytest.fixture(scope="module")
def table(said):
    """A trial of one tiny world without PyOD and Splink: that is quick, and says what is missing."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(SCALES, "tiny", Scale(accounts=110, exchanges=1_200))
        for package in ("pyod", "splink"):
            for module in [m for m in sys.modules if m.partition(".")[0] == package]:
                patch.delitem(sys.modules, module)
            patch.setitem(sys.modules, package, None)
        return msgspec.json.decode(Peers().run((SEED,), "tiny", said.append), type=Table)


def test_what_is_not_installed_is_said_and_left_out(table, said):
    assert table.not_installed == ("ecod", "isolation_forest", "splink")
    assert sum("left out" in line and "excise[peers]" in line for line in said) == 3
    assert {m.method for m in table.methods} == {OURS, *peer_kinds()} - set(table.not_installed)


def test_a_row_says_how_much_of_what(table):
    (world,) = table.worlds
    assert (world.seed, world.honest, world.harvesting) == (SEED, table.honest, table.harvesting)
    assert world.accounts >= world.honest + world.harvesting > world.harvesting > 0
    for row in table.methods:
        assert row.recall_at_1_in_1000.worlds == 1
        assert row.recall_at_1_in_1000.median <= row.recall_at_1_in_100.median
        assert row.each_recall_at_1_in_100 == (row.recall_at_1_in_100.median,)
        figures = (row.pair_f1, row.pair_precision, row.bcubed_precision, row.actor_f1)
        assert [figure is None for figure in figures] == [row.method not in {OURS, "rules"}] * 4
        assert all(0 <= figure.median <= 1 for figure in figures if figure is not None)


def test_peers_see_our_actors_and_every_account_is_scored(monkeypatch):
    monkeypatch.setitem(SCALES, "tiny", Scale(accounts=110, exchanges=1_200))
    with judged(SEED, "tiny") as world:
        seen = seen_by_peers(world)
        assert set(seen.owner) == set(seen.accounts) <= {row.account for row in world.truth}
        assert set(seen.owner.values()) == set(world.judgement.actors)
        ranking = peer_kinds()["output_volume"]().rank(seen, seed=0)
        rows = verdicts(seen, ranking)
    assert [row.account for row in rows] == list(seen.accounts)
    assert np.array_equal([row.rank for row in rows], ranking.rank)
    assert {row.actor for row in rows} == {None}
