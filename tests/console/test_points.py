"""The operating points are read as the trial writes them."""

import msgspec

from excise.console.points import Points, points
from excise.proving_ground.trials import written
from excise.proving_ground.trials.operating_points import Figures


def test_what_the_trial_writes_is_read_here():
    figures = Figures(
        version="1", scale="small", seeds=(1,), honest_actors=2, harvesting_accounts=3, true_pairs=4,
        detectors=(), ties=(),
    )  # fmt: skip
    read = msgspec.json.decode(written(figures), type=Points)
    assert (read.honest_actors, read.harvesting_accounts, read.true_pairs) == (2, 3, 4)


def test_what_was_not_measured_has_no_point():
    assert points().detector("nothing") is None
    assert points().tie("nothing") is None
    assert points().tie(points().ties[0].name) is points().ties[0]
