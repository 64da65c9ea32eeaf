"""Readings: what is true of an actor is what is true of most of its accounts."""

import numpy as np
import pytest

from excise.detection.weigher import detectors
from excise.proving_ground.draw import SCALES, Scale
from excise.proving_ground.readings import Readings
from excise.proving_ground.trials import judged


def test_actors_have_the_truth_of_their_accounts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SCALES, "tiny", Scale(accounts=110, exchanges=1_200))
    with judged(7, "tiny") as world:
        judgement, truth = world.judgement, world.truth
    found = Readings.of(judgement, truth)
    assert set(found.columns) == set(detectors())
    row_of = {row.account: row for row in truth}
    assert found.guilty.any()
    for row in range(len(judgement.actors)):
        mine = [row_of[account] for account in judgement.accounts(row)]
        assert found.accounts[row] == len(mine)
        assert found.kind[row] in {one.archetype for one in mine}
        harvesting = [one.campaign is not None for one in mine]
        assert found.guilty[row] == (np.mean(harvesting) > 0.5)
        if all(harvesting) or not any(harvesting):
            assert found.mixed[row] == any(one.programme for one in mine)
    half = found.where(found.guilty)
    assert half.guilty.all()
    both = Readings.joined([half, found])
    assert len(both.kind) == len(half.kind) + len(found.kind)
    assert both.columns["pace"].shape == both.kind.shape
