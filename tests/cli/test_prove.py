"""``excise prove``: a trial's result is a file that anyone can make again."""

import json

import pytest

from excise.proving_ground.draw import SCALES, Scale


def test_the_same_seeds_give_the_same_file(run, tmp_path, monkeypatch) -> None:
    monkeypatch.setitem(SCALES, "small", Scale(accounts=110, exchanges=1_200))
    for out in ("first", "second"):
        code, said, error = run("prove", "detection", "--seeds", "7", "--out", out)
        assert (code, said) == (0, f"{out}/detection.json\n")
        assert "7" in error
    first, second = ((tmp_path / out / "detection.json").read_bytes() for out in ("first", "second"))
    assert first == second
    assert json.loads(first)


@pytest.mark.parametrize("seeds", ["", "many", "-7", "7-x", "7-", "9-7", "7²"])
def test_seeds_are_first_and_last(seeds, run) -> None:
    code, _, error = run("prove", "detection", "--seeds", seeds)
    assert code == 2
    assert "say FIRST-LAST" in error
