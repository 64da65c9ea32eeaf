"""Where trained models are kept, and what is said where none can be trained."""

from pathlib import Path

import pytest

from excise.errors import BadSetting
from excise.proving_ground.students.room import demand_models, room


def test_a_named_folder_stays_and_another_does_not(tmp_path: Path) -> None:
    with room(tmp_path / "deep" / "kept") as kept:
        (kept / "model").write_text("weights")
    assert (tmp_path / "deep" / "kept" / "model").exists()
    with room(None) as passing:
        assert passing.is_dir()
    assert not passing.exists()


def test_a_missing_package_is_named_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "tokenizers" else name)
    with pytest.raises(BadSetting, match=r"training students needs tokenizers; .*excise\[lineage\]"):
        demand_models("training students")
