"""Trials compose worlds from seeds, judge them, and write what anyone can measure again."""

import csv

import msgspec
import numpy as np
import pytest

from excise.detection.calibration import Reference
from excise.detection.forest import read
from excise.detection.judge import Settings as DetectionSettings
from excise.detection.weigher import detectors
from excise.open_folder import members
from excise.proving_ground.content.own import all_grammars
from excise.proving_ground.draw import SCALES, Scale, draw
from excise.proving_ground.populations import honest_kinds, tactic_kinds
from excise.proving_ground.trials import Folders, Trial, judged, opened
from excise.proving_ground.trials.blindness import BLIND, Blindness, blinded
from excise.proving_ground.trials.blindness import Figures as Blinded
from excise.proving_ground.trials.calibration import Calibration
from excise.proving_ground.trials.detection import Detection, Figures
from excise.proving_ground.trials.partition import Figures as PartitionFigures
from excise.proving_ground.trials.partition import Partition, crewed
from excise.proving_ground.trials.replay import Figures as ReplayFigures
from excise.proving_ground.trials.replay import Replay, told
from excise.proving_ground.trials.transfer import Figures as Transferred
from excise.proving_ground.trials.transfer import Transfer, left_out
from excise.proving_ground.trials.weights import Weights

SEEDS = (7, 8)  # of tuning, as all below 500 are


@pytest.fixture(scope="module", autouse=True)
def _tiny():
    """A scale of a hundred accounts, so that a trial takes seconds."""
    SCALES["tiny"] = Scale(accounts=110, exchanges=1_200)
    yield
    del SCALES["tiny"]


@pytest.fixture(scope="module")
def worlds(_tiny):
    """Each world's honest ranks and its number of actors, as judged by no reference."""
    found = {}
    for seed in SEEDS:
        with judged(seed, "tiny", Reference((0.0, 1.0), (1.0, 0.0), 1, 1)) as world:
            guilty = {row.account for row in world.truth if row.campaign or row.programme}
            ranks = world.judgement.weighing.rank
            found[seed] = [
                float(ranks[row])
                for row in range(len(world.judgement.actors))
                if not guilty & set(world.judgement.accounts(row))
            ]
            assert guilty
            assert world.seed == seed
    return found


@pytest.fixture(scope="module")
def figures(_tiny):
    said: list[str] = []
    written = Detection().run(SEEDS, "tiny", said.append)
    assert len(said) == len(SEEDS)
    return msgspec.json.decode(written, type=Figures)


def test_every_trial_says_where_its_result_is_kept():
    files = [kind.file for kind in members("excise.proving_ground.trials", Trial).values()]
    assert all(files)
    assert len(files) == len(set(files))


def test_weights_are_a_forest_that_can_be_read_again():
    pytest.importorskip("lightgbm", exc_type=(ImportError, OSError), reason="growing a forest needs LightGBM")
    said: list[str] = []
    text = Weights().run(SEEDS, "tiny", said.append).decode()
    assert len(said) == len(SEEDS)
    assert text.startswith("# What the readings of detectors are worth")
    assert f"# seeds {SEEDS[0]}-{SEEDS[-1]}, scale tiny: " in text
    forest = read(text)
    assert forest.trees
    assert forest.signals <= set(detectors())


def test_what_is_left_out_is_dealt_once():
    folds = left_out(7)
    for part, every in enumerate((tactic_kinds(), honest_kinds(), all_grammars())):
        dealt = [name for fold in folds for name in fold[part]]
        assert sorted(dealt) == sorted(every)
    assert folds == left_out(7)
    assert folds != left_out(8)


def test_transfer_reports_on_what_was_left_out():
    pytest.importorskip("lightgbm", exc_type=(ImportError, OSError), reason="growing a forest needs LightGBM")
    said: list[str] = []
    seeds = (7, 8)
    found = msgspec.json.decode(Transfer().run(seeds, "tiny", said.append), type=Transferred)
    assert len(said) == 2 * 6 + 2
    folds = left_out(seeds[0])
    assert set(found.by_tactic) <= {t for fold in folds[:2] for t in fold.tactics}
    assert {name for name in found.calibration if name} <= {k for fold in folds[:2] for k in fold.kinds}
    assert [world.fold for world in found.worlds] == [0, 1]
    everyone = found.calibration[""]
    assert found.honest_actors == everyone[0].claimed.of > 0
    for claims in found.calibration.values():
        hits = [one.claimed.hits for one in claims]
        assert hits == sorted(hits, reverse=True)
        assert all(one.allowed == one.claimed.of * 2.0**-one.bits for one in claims)
    assert all(one.claimed.hits == 0 for one in everyone if one.bits > found.ceiling_bits)


def test_the_crew_of_a_partition_shares_nothing_on_file():
    (crew,) = crewed(7, "tiny").campaigns
    assert (crew.tactic, crew.accounts, crew.exchanges) == ("thin_partition", 27, 540)
    assert (crew.tradecraft.payment, crew.tradecraft.network, crew.tradecraft.rotation) == (
        "own",
        "residential",
        1.0,
    )


def test_partition_scores_the_crew():
    said: list[str] = []
    found = msgspec.json.decode(Partition().run((7,), "tiny", said.append), type=PartitionFigures)
    assert len(said) == 1
    assert found.accounts == 27
    assert found.honest > 80
    assert 0 <= found.recall_at_1_in_1000.median <= found.recall_at_1_in_100.median <= 1
    assert 0 <= found.pair_recall.median <= 1


def test_replay_counts_what_was_out():
    said: list[str] = []
    found = msgspec.json.decode(Replay().run((7,), "tiny", said.append), type=ReplayFigures)
    assert found.looks == 25
    assert found.campaigns
    for one in found.campaigns:
        assert 0 < one.out_at_first <= 1
        assert 0 < one.lost <= 1
    assert found.honest_named <= found.honest


def test_blindness_composes_what_a_log_lacks(tmp_path):
    said: list[str] = []
    trial = Blindness(Folders(kept=tmp_path))
    found = msgspec.json.decode(trial.run((7,), "tiny", said.append), type=Blinded)
    assert [one.without for one in found.left] == [blind.name for blind in BLIND]
    assert len(said) == len(BLIND)
    for one in found.left:
        assert one.caught_at_1_in_100.of == one.named.of > 0
        assert one.caught_at_1_in_1000.hits <= one.caught_at_1_in_100.hits
    assert (
        trial.run((7,), "tiny", lambda _: None)
        == msgspec.json.format(msgspec.json.encode(found), indent=1) + b"\n"
    )


def test_a_blinded_log_lacks_it():
    words, alone = (next(b for b in BLIND if b.name == name) for name in ("words", "all"))
    with opened(blinded(7, "tiny", words), seed=7) as world:
        seen = world.store.run(world.store.tables.observations.select("prompt", "address"))
        assert seen["prompt"].null_count == len(seen) > seen["address"].null_count
    with opened(blinded(7, "tiny", alone), seed=7, directory=alone.directory) as world:
        seen = world.store.run(world.store.tables.observations.select("prompt", "address"))
        assert seen["address"].null_count == len(seen)
        assert len(world.store.run(world.store.tables.accounts)) == 0


def test_what_was_out_goes_by_each_accounts_own_naming():
    with opened(draw(7, SCALES["tiny"]), seed=7) as world:
        (never, *_) = told(world, {})
        assert (never.out_at_first, never.lost) == (1.0, 1.0)
        at_once = told(world, {row.account: 0.0 for row in world.truth})
    assert {(one.out_at_first, one.lost) for one in at_once} == {(0.0, 0.0)}


def test_a_world_leaves_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with judged(7, "tiny") as world:
        assert list(tmp_path.iterdir())
        assert world.judgement.settings == DetectionSettings()  # as the product ships
        known = {row.account for row in world.truth}
        assert set(world.judgement.linking.evidence.accounts.to_pylist()) <= known
    assert list(tmp_path.iterdir()) == []


def test_the_reference_counts_honest_actors_at_least_so_high(worlds, monkeypatch, tmp_path):
    pytest.importorskip("lightgbm", exc_type=(ImportError, OSError), reason="growing a forest needs LightGBM")
    monkeypatch.setattr("excise.proving_ground.trials.calibration.TAUGHT", SEEDS)
    said: list[str] = []
    trial = Calibration(Folders(kept=tmp_path))
    written = trial.run(SEEDS, "tiny", said.append).decode()
    honest = np.array([rank for ranks in worlds.values() for rank in ranks])
    comments = [line for line in written.splitlines() if line.startswith("#")]
    rows = list(csv.reader(line for line in written.splitlines() if not line.startswith("#")))
    assert "seeds 7-8, scale tiny" in comments[1]
    assert rows[:3] == [["actors", "worlds"], [str(len(honest)), "2"], ["rank", "share", "unfamiliar"]]
    for rank, share, unfamiliar in rows[3:]:
        assert float(share) == pytest.approx((honest >= float(rank)).mean(), abs=1e-6)
        assert float(unfamiliar) >= float(share)
    assert float(rows[3][1]) == 1.0
    assert float(rows[-1][1]) == 0.0
    assert [line.partition(":")[0] for line in said] == ["world 7", "world 8"]  # kept, so read once each
    assert trial.run(SEEDS, "tiny", said.append).decode() == written
    assert len(said) == len(SEEDS)


def test_the_figures_are_those_of_each_world(figures, worlds):
    assert figures.seeds == SEEDS
    assert [world.seed for world in figures.worlds] == list(SEEDS)
    assert figures.honest_actors == sum(map(len, worlds.values()))
    counts = list(figures.honest_actors_at_bits.values())
    assert counts == sorted(counts, reverse=True)
    assert counts[0] <= figures.honest_actors
    for place, at in enumerate(figures.worlds[0].score.at):
        recalls = [world.score.at[place].recall.value for world in figures.worlds]
        assert figures.median_recall[f"{at.rate:g}"] == pytest.approx(np.median(recalls))
        assert figures.worst_quarter_recall[f"{at.rate:g}"] == pytest.approx(np.quantile(recalls, 0.25))
    assert 0 <= figures.median_pair_f1 <= 1


def test_a_trial_run_again_measures_the_same(figures):
    again = msgspec.json.decode(Detection().run(SEEDS[:1], "tiny", lambda _: None), type=Figures)
    assert again.worlds == figures.worlds[:1]
