"""The trial of lineage, at a scale of seconds: what it measures, and that it goes on where it stopped."""

import msgspec
import pytest

from excise.errors import BadSetting
from excise.open_folder import member
from excise.proving_ground.students.plan import Build, Recipe
from excise.proving_ground.students.supply import Sizes
from excise.proving_ground.trials import Folders, Trial
from excise.proving_ground.trials.lineage import SCOPES, Figures, Lineage, Scope

SEEDS = (7, 8)


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    pytest.importorskip("torch", reason="the extra `lineage` is not installed")
    pytest.importorskip("transformers", reason="the extra `lineage` is not installed")
    SCOPES["tiny"] = Scope(
        sizes=Sizes(
            taught=300,
            served=60,
            teacher=Build(width=64, layers=1, pieces=700),
            schooling=Recipe(epochs=4, batch=8, rate=6e-3),
            study=Recipe(epochs=3, batch=4, rate=6e-3),
        ),
        full=False,
    )
    yield tmp_path_factory.mktemp("kept")
    del SCOPES["tiny"]


@pytest.fixture(scope="module")
def written(kept):
    return Lineage(Folders(kept=kept)).run(SEEDS, "tiny", lambda _: None)


def test_bits_go_up_for_the_distilled_and_not_for_controls(written):
    """Measured: 50 bits against below 1. A control reaches 8 bits once in 256 at most; seeds are fixed."""
    figures = msgspec.json.decode(written, type=Figures)
    assert figures.seeds == SEEDS
    twins = [one for one in figures.curves if one.probe == "twins"]
    assert {one.seeds for one in twins} == {2}
    for one in twins:
        if one.role == "distilled":
            assert min(one.final) > 20, one
        if one.role == "control":
            assert max(one.most) < 8, one
    assert {one.role for one in twins} == {"distilled", "attacked", "control"}
    assert {one.bet for one in figures.nulls} == {"sign", "score", "choice"}
    assert any(one.name.startswith("controls") for one in figures.bars)


def test_what_was_done_is_not_done_again(written, kept, monkeypatch):
    def never(*_args: object) -> None:
        raise AssertionError

    monkeypatch.setattr("excise.proving_ground.students.workshop.teach", never)
    assert Lineage(Folders(kept=kept)).run(SEEDS, "tiny", lambda _: None) == written


def test_without_the_extra_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(BadSetting, match=r"needs torch; say: pip install 'excise\[lineage\]'"):
        Lineage().run((1,), "small", lambda _: None)


def test_only_it_has_a_use_for_content():
    folder = "excise.proving_ground.trials"
    assert member(folder, Trial, "lineage").takes == {"kept", "content"}
    assert member(folder, Trial, "detection").takes == {"kept"}
