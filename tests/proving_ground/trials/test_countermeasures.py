"""The trial of countermeasures, at a scale of seconds."""

import importlib.util

import msgspec
import pytest

from excise.errors import BadSetting
from excise.open_folder import member
from excise.proving_ground.students.plan import Build, Recipe
from excise.proving_ground.students.supply import Sizes
from excise.proving_ground.trials import Folders, Trial
from excise.proving_ground.trials import countermeasures as trial


@pytest.fixture(scope="module")
def figures(tmp_path_factory):
    pytest.importorskip("torch", reason="the extra `lineage` is not installed")
    pytest.importorskip("transformers", reason="the extra `lineage` is not installed")
    tiny = Sizes(
        taught=200,
        served=40,
        teacher=Build(width=64, layers=1, pieces=500),
        schooling=Recipe(epochs=2, batch=8, rate=6e-3),
    )
    kept = tmp_path_factory.mktemp("kept")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trial, "Sizes", lambda **_: tiny)
        patch.setattr(trial, "TRIED", (("green_list", (("boost", "4.0"),)), ("tournament", ())))
        kind = member("excise.proving_ground.trials", Trial, "countermeasures")
        runs = [kind(Folders(kept=kept)).run((7, 8), "small", lambda _: None) for _ in range(2)]
    assert runs[0] == runs[1], "the same seeds give the same figures"
    return msgspec.json.decode(runs[0], type=trial.Figures)


def test_marked_replies_are_read_and_by_their_key_only(figures):
    """Another key has 18 bits once in 200,000 at most, and 400 are tried."""
    for line in figures.lines:
        assert line.bits_per_100_tokens > 2
        assert line.wrong_most_bits < 18


def test_costs_are_told_with_their_bounds(figures):
    assert [line.settings for line in figures.lines] == ["boost 4.0", "as shipped"]
    for line in figures.lines:
        assert line.perplexity_low < line.perplexity_ratio < line.perplexity_high
        assert line.alike_more_low <= line.alike_marked - line.alike_plain <= line.alike_more_high
        assert line.prompts == 80
    green, tournament = figures.lines
    assert green.variety_plain == tournament.variety_plain


def test_without_the_extra_one_is_told(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(BadSetting, match=r"pip install 'excise\[lineage\]'"):
        trial.Countermeasures().run((7,), "small", lambda _: None)
