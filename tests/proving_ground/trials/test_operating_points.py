"""Lines are where the rate says; pairs are counted right; a world runs through to the file."""

import msgspec
import numpy as np

from excise.linking.weighing import Weighed
from excise.proving_ground.trials import operating_points
from excise.proving_ground.trials.operating_points import (
    Figures,
    OperatingPoints,
    Side,
    Tied,
    World,
    counted,
    detector_point,
    line_at,
)


def _world(honest, harvesting, sizes=None, cause="harvest"):
    return World(
        causes={"pace": cause},
        honest=Side({"pace": honest}, [1] * len(honest), ["app"] * len(honest)),
        harvesting=Side(
            {"pace": harvesting}, sizes or [1] * len(harvesting), ["squad"] * len(harvesting)
        ),
        ties={"payment": Tied("payment", (3, 4), (3, 8), (3, 6), (4, 8))},
    )  # fmt: skip


def test_at_most_the_rate_of_the_spared_are_above_the_line():
    random = np.random.default_rng(5)
    for count in (1, 7, 99, 100, 101, 1_500):
        weights = random.normal(size=count).round(1)  # ties among them
        for rate in operating_points.RATES:
            line = line_at(rate, weights)
            assert (weights > line).sum() <= rate * count
            assert line >= 0


def test_an_actor_counts_with_all_its_harvesting_accounts():
    point = detector_point("pace", [_world([0.0] * 200, [2.0, -1.0], sizes=[9, 1])])
    assert point.at[0].caught.hits == 9
    assert point.at[0].caught.of == 10
    assert point.at[0].best_kind is None, "of ten accounts nothing is said"


def test_an_excuse_is_measured_the_other_way_round():
    point = detector_point("pace", [_world([-3.0, 0.5], [1.0, 1.0], cause="excuse")])
    assert (point.at[0].caught.hits, point.at[0].caught.of) == (1, 2)
    assert (point.at[0].wrongly.hits, point.at[0].wrongly.of) == (0, 2)


def test_pairs_are_counted_by_what_is_kept_and_true():
    weighed = Weighed(
        np.array([0, 0, 1, 3]),
        np.array([1, 2, 2, 4]),
        {"payment": np.array([5.0, 5.0, 0.0, 4.0])},
        np.array([3.0, -1.0, 2.0, 3.0]),
    )
    true = np.array([True, False, True, False])
    apart = np.array([0, 0, 0, 3, 4])  # the last two were linked, and held apart all the same
    found = counted(weighed, apart, "payment", "payment", true, pairs=7, several=5)
    assert found == Tied("payment", (1, 1), (1, 3), (1, 7), (2, 5))


def test_a_world_goes_through_to_the_file():
    figures = msgspec.json.decode(OperatingPoints().run([3], "small", lambda _: None), type=Figures)
    assert figures.honest_actors > 300
    assert figures.harvesting_accounts > 10
    for detector in figures.detectors:
        for at in detector.at:
            assert at.wrongly.hits <= at.rate * at.wrongly.of
    assert any(tie.kept.of for tie in figures.ties)
