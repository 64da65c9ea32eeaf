"""A teacher that takes seconds, and what its students learn from."""

import pytest

from excise.proving_ground.students.lessons import OwnCurriculum
from excise.proving_ground.students.plan import Build, Recipe
from excise.proving_ground.students.supply import Sizes, Supply

TINY = Sizes(
    taught=300,
    served=60,
    teacher=Build(width=64, layers=1, pieces=700),
    schooling=Recipe(epochs=4, batch=8, rate=6e-3),
    study=Recipe(epochs=3, batch=4, rate=6e-3),
)


@pytest.fixture(scope="session")
def workshop(tmp_path_factory):
    torch = pytest.importorskip("torch", reason="the extra `lineage` is not installed")
    pytest.importorskip("transformers", reason="the extra `lineage` is not installed")
    from excise.proving_ground.students.workshop import Workshop

    torch.set_num_threads(1)
    return Workshop(tmp_path_factory.mktemp("workshop"), "cpu")


@pytest.fixture(scope="session")
def supply(workshop):
    return Supply(workshop, OwnCurriculum(3), OwnCurriculum(11), TINY, 7)
