"""The weigher: within a cause the strongest and a quarter of the others; what speaks against in full."""

from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from excise.behavior.profile import Profiles, features
from excise.detection.because import reasons
from excise.detection.detectors import CAUSES, Detector
from excise.detection.weigher import detectors, weigh

ACTORS = tuple(f"actor-{n}" for n in range(5))


def says(cause_: str, *weights: float) -> Detector:
    class Says(Detector):
        """Says what a test tells it to."""

        cause: ClassVar = cause_
        uses: ClassVar = ()

        def weights(self, profiles):  # noqa: ARG002 - it says what it is told
            return np.array(weights)

        def sentence(self, values):  # noqa: ARG002 - as above
            return f"{cause_} {weights}"

    return Says()


def test_causes_add_and_within_a_cause_the_others_count_a_quarter() -> None:
    chosen = {
        "a": says("harvest", 4.0, 0.0, -1.0),
        "b": says("harvest", 2.0, 0.0, -2.0),
        "c": says("machine", 3.0, 0.0, 1.0),
        "d": says("excuse", -6.0, 0.0, 0.0),
    }
    found = weigh(Profiles(ACTORS[:3], {}), chosen)
    assert found.rank.tolist() == [4.0 + 2.0 / 4 + 3.0 - 6.0, 0.0, -3.0 + 1.0]
    assert found.by_detector.keys() == chosen.keys()


@settings(max_examples=40, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from("abcdefgh"),
        st.tuples(st.sampled_from(CAUSES), arrays(float, 2, elements=st.floats(-6, 6))),
        min_size=1,
    ),
)
def test_the_reasons_add_up_to_the_rank(told) -> None:
    """Reasons under a twentieth of a bit are not said, and each is rounded to a thousandth."""
    chosen = {name: says(cause, *weights) for name, (cause, weights) in told.items()}
    found = weigh(Profiles(ACTORS[:2], {}), chosen)
    for row in range(2):
        because = reasons(found, chosen, row)
        assert sum(one.weight for one in because) == pytest.approx(found.rank[row], abs=0.051 * len(chosen))
        assert [one.weight for one in because] == sorted((one.weight for one in because), reverse=True)
        assert all(abs(found.by_detector[one.signal][row]) >= 0.05 for one in because)


def test_the_reasons_of_real_detectors_add_up_too() -> None:
    draw = np.random.default_rng(3)
    actors = tuple(f"actor-{n}" for n in range(80))
    found = weigh(
        Profiles(actors, {name: draw.random(80) * draw.choice([1, 30, 900]) for name in features()})
    )
    assert found.rank.std() > 0.5
    for row in range(80):
        because = reasons(found, detectors(), row)
        assert sum(one.weight for one in because) == pytest.approx(
            found.rank[row], abs=0.05 * len(detectors())
        )
        assert all(one.text for one in because)


def test_of_whom_nothing_is_known_nothing_is_said() -> None:
    unknown = {name: np.full(3, np.nan) for name in features()}
    assert weigh(Profiles(ACTORS[:3], unknown)).rank.tolist() == [0.0, 0.0, 0.0]
