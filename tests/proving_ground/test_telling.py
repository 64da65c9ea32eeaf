"""The page tells what the files hold, says what was missed, and leaves out what was not measured."""

import msgspec
import pytest

from excise.proving_ground.score import Share
from excise.proving_ground.spread import Spread
from excise.proving_ground.telling import TOLD, tell_detection
from excise.proving_ground.trials.partition import Figures as Partition
from excise.proving_ground.trials.replay import Campaign
from excise.proving_ground.trials.replay import Figures as Replay
from excise.proving_ground.trials.transfer import Claims, World
from excise.proving_ground.trials.transfer import Figures as Transfer


def claims(hits, of):
    return tuple(Claims(bits, of * 2.0**-bits, Share.counted(hits, of)) for bits in (6, 9))


@pytest.fixture
def folder(tmp_path):
    """A folder with three small results."""
    transfer = Transfer(
        version="1",
        scale="tiny",
        seeds=(920, 921),
        folds=4,
        median_recall={"0.001": 0.91, "0.01": 0.95},
        worst_quarter_recall={"0.001": 0.41, "0.01": 0.5},
        median_campaigns={"0.001": 0.8, "0.01": 0.9},
        median_pair_f1=0.9,
        median_actor_f1=0.9,
        median_bcubed_precision=0.99,
        ceiling_bits=9.0,
        honest_actors=4_000,
        by_tactic={"low_and_slow": Share.counted(9, 10), "bulk": Share.counted(0, 4)},
        calibration={"": claims(2, 4_000), "night_shift": claims(50, 100)},
        worlds=(World(920, 0, 14, {"0.001": 0.91}, {"0.001": 0.8}),),
    )
    half = Spread.over([0.5, 0.5])
    partition = Partition(
        version="1",
        scale="tiny",
        seeds=(940,),
        accounts=27,
        exchanges_each=20,
        honest=90,
        recall_at_1_in_1000=half,
        recall_at_1_in_100=half,
        named=half,
        pair_recall=half,
        bcubed_precision=half,
    )
    lost = Campaign(seed=900, tactic="bulk", accounts=2, exchanges=80, out_at_first=0.05, lost=0.07)
    replay = Replay(
        version="1",
        scale="tiny",
        seeds=(900,),
        looks=25,
        honest=1_234,
        honest_named=3,
        out_at_first=Spread.over([0.05]),
        lost=Spread.over([0.07]),
        campaigns=(lost,),
    )
    for name, figures in (("transfer", transfer), ("partition", partition), ("replay", replay)):
        (tmp_path / f"{name}.json").write_bytes(msgspec.json.encode(figures))
    return tmp_path


def test_what_was_asked_is_met_or_missed(folder):
    page = tell_detection(folder)
    assert "| recall at 1 in 1,000, median world | 0.80 | 0.91 | met |" in page
    assert "| recall at 1 in 1,000, worst quarter | 0.50 | 0.41 | **missed** |" in page
    assert "| lost, median campaign (at most) | 0.10 | 0.07 | met |" in page
    assert "3 of 1,234 honest accounts" in page.replace("\n", " ")


def test_claims_that_do_not_hold_are_told(folder):
    rows = [
        line for line in tell_detection(folder).splitlines() if line.startswith(("| all", "| night shift"))
    ]
    assert [row.split("|")[-2].strip() for row in rows] == ["holds", "**does not**"]
    assert "| night shift | 100 | 50 of 1.6 |" in rows[1]


def test_every_tactic_is_drawn_and_what_was_not_measured_left_out(folder):
    page = tell_detection(folder)
    assert "low and slow (10)" in page
    assert "bulk (4)" in page
    assert page.count("<svg") == 2
    assert "excise prove peers" not in page
    assert {"transfer", "partition", "replay", "peers", "detection"} <= TOLD
    assert tell_detection(folder / "nothing").count("##") == 0
