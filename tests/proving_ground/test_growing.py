"""Growing a forest: it finds what tells, keeps its direction, and is not told by what is unknown."""

from typing import ClassVar

import numpy as np
import pytest

from excise.detection.detectors import Detector
from excise.proving_ground.growing import NothingToGrow, grow
from excise.proving_ground.readings import Readings

pytest.importorskip("lightgbm", exc_type=(ImportError, OSError), reason="growing a forest needs LightGBM")


def reads(up: str) -> Detector:
    class Reads(Detector):
        """Reads what a test gives it."""

        cause: ClassVar = "machine"
        uses: ClassVar = ("accounts",)
        direction: ClassVar = up

        def sentence(self, values: dict[str, float]) -> str:
            return str(values)

    return Reads()


def sample(count: int = 4_000) -> Readings:
    draw = np.random.default_rng(5)
    guilty = draw.random(count) < 0.1
    tells = np.where(guilty, draw.normal(2, 1, count), draw.normal(0, 1, count))
    noise = draw.normal(0, 1, count)
    gappy = np.where(guilty & (draw.random(count) < 0.9), np.nan, draw.normal(0, 1, count))
    return Readings(
        {"tells": tells, "noise": noise, "gappy": gappy},
        guilty,
        np.zeros(count, bool),
        np.ones(count),
        np.array(["kind"] * count),
    )


KNOWN = {"tells": reads("up"), "noise": reads("either"), "gappy": reads("either")}


def test_it_finds_what_tells_and_not_what_is_unknown() -> None:
    forest = grow(sample(), KNOWN, seed=1, trees=60)
    values = {"tells": np.array([0.0, 3.0]), "noise": np.zeros(2), "gappy": np.zeros(2)}
    parts = forest.parts(values, 2)
    assert parts["tells"][1] - parts["tells"][0] > 3
    assert abs(parts.get("noise", np.zeros(2))[0]) < 0.7
    assert abs(parts.get("gappy", np.zeros(2))[0]) < 0.7
    assert forest.prior < -1


def test_a_direction_is_kept_against_the_sample() -> None:
    turned = dict(KNOWN, tells=reads("down"))
    forest = grow(sample(), turned, seed=1, trees=60)
    values = np.linspace(-3, 5, 30)
    rank = forest.parts({"tells": values}, 30).get("tells", np.zeros(30))
    assert (np.diff(rank) <= 1e-9).all()


def test_the_same_seed_grows_the_same() -> None:
    one, other = (list(grow(sample(), KNOWN, seed=3, trees=20).rows()) for _ in range(2))
    assert one == other


def test_without_both_kinds_there_is_nothing_to_grow() -> None:
    readings = sample()
    with pytest.raises(NothingToGrow, match="are of one kind"):
        grow(readings.where(~readings.guilty), KNOWN, seed=1)


def test_detectors_that_are_not_asked_for_are_left_out() -> None:
    forest = grow(sample(), {"tells": KNOWN["tells"]}, seed=1, trees=5)
    assert forest.signals == {"tells"}
    assert set(forest.parts({"tells": np.zeros(1)}, 1)) == {"tells"}
