"""The weigher: what was measured counts as measured, what was not counts a quarter."""

from typing import ClassVar

import numpy as np
import pytest

from excise.behavior.profile import Profiles, features
from excise.detection.because import reasons
from excise.detection.detectors import Detector
from excise.detection.forest import Forest, planted
from excise.detection.weigher import detectors, weigh

STUMP = planted([("measured", 5.0, 1, 2, 0.0), ("", 0.0, 0, 0, 3.0), ("", 0.0, 0, 0, 1.0)], [0.0, -1.0, 3.0])


class Says(Detector):
    """Has weights of its own."""

    cause: ClassVar = "machine"
    uses: ClassVar = ("accounts",)

    def weights(self, profiles: Profiles) -> np.ndarray:
        return 2.0 * profiles["accounts"]

    def sentence(self, values: dict[str, float]) -> str:
        return f"{values['accounts']:.0f} accounts"


def test_the_measured_counts_as_measured_and_the_unmeasured_a_quarter() -> None:
    profiles = Profiles(("a", "b"), {"accounts": np.array([8.0, 2.0])})
    found = weigh(profiles, {"measured": Says(), "new": Says()}, Forest((STUMP,)))
    assert found.prior == 0.0
    assert found.by_detector["measured"].tolist() == [3.0, -1.0]
    assert found.by_detector["new"].tolist() == [4.0, 1.0]
    assert found.rank.tolist() == [7.0, 0.0]


def test_with_no_forest_and_no_detector_nothing_is_said() -> None:
    assert weigh(Profiles(("a",), {}), {}, Forest(())).rank.tolist() == [0.0]


def test_the_reasons_and_the_prior_add_up_to_the_rank() -> None:
    """Reasons under a twentieth of a bit are not said, and each is rounded to a thousandth."""
    draw = np.random.default_rng(3)
    actors = tuple(f"actor-{n}" for n in range(80))
    columns = {name: draw.random(80) * draw.choice([1, 30, 900]) for name in features()}
    for name, column in columns.items():
        if name != "exchanges":  # of every actor that is there, they are known
            column[draw.random(80) < 0.2] = np.nan
    found = weigh(Profiles(actors, columns))
    assert found.rank.std() > 0.5
    for row in range(80):
        because = reasons(found, detectors(), row)
        total = found.prior + sum(one.weight for one in because)
        assert total == pytest.approx(found.rank[row], abs=0.0506 * len(detectors()))
        assert all(one.text and "nan" not in one.text for one in because)
        assert [one.weight for one in because] == sorted((one.weight for one in because), reverse=True)


def test_of_whom_nothing_is_known_the_prior_is_said() -> None:
    unknown = {name: np.full(3, np.nan) for name in features()}
    found = weigh(Profiles(("a", "b", "c"), unknown))
    assert found.rank.tolist() == [found.prior] * 3
