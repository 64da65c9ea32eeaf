"""Each honest actor is ranked once, by a forest that did not know its kind."""

import numpy as np
import pytest

import excise.proving_ground.unfamiliar as tested
from excise.proving_ground.readings import Readings
from excise.proving_ground.unfamiliar import GROUPS, ranks, unfamiliar

KINDS = [f"kind-{n}" for n in range(12)]


def readings(seed=1, each=30):
    """Honest kinds of which one looks as harvesters do."""
    draw = np.random.default_rng(seed)
    kind = np.repeat([*KINDS, "bulk"], each)
    guilty = kind == "bulk"
    pace = draw.normal(size=len(kind)) + 3 * (guilty | (kind == KINDS[3]))
    mixed = np.zeros(len(kind), dtype=np.bool_)
    return Readings({"pace": pace}, guilty, mixed, np.ones(len(kind)), kind)


def test_no_forest_ranks_a_kind_that_it_saw(monkeypatch):
    pytest.importorskip("lightgbm", exc_type=(ImportError, OSError), reason="growing a forest needs LightGBM")
    seen, grow = [], tested.grow

    def watched(taught, detectors, *, seed):
        seen.append(set(taught.kind))
        return grow(taught, detectors, seed=seed, trees=20)

    monkeypatch.setattr(tested, "grow", watched)
    found = unfamiliar(readings(), readings(2), seed=3)
    assert sorted(found) == sorted(KINDS)
    assert {len(rank) for rank in found.values()} == {30}
    assert len(seen) == GROUPS
    assert all("bulk" in known for known in seen)
    assert sorted(kind for known in seen for kind in {*KINDS} - known) == sorted(KINDS)
    whole = grow(readings(), tested.detectors(), seed=3, trees=20)
    alike = readings(2).where(readings(2).kind == KINDS[3])
    assert found[KINDS[3]].mean() > ranks(whole, alike).mean() + 0.5
