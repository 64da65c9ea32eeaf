import importlib.util
import os
from itertools import combinations
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from excise.errors import BadTable
from excise.proving_ground.member import Truth
from excise.proving_ground.score import Share, Verdict, links, read_rows, score


def _case(seed, accounts=240):
    rng = np.random.default_rng(seed)
    truth, verdicts = [], []
    for n in range(accounts):
        bad = n < accounts // 8
        campaign = f"campaign-{n % 3}" if bad else None
        actor = campaign or (f"firm-{n % 9}" if n < accounts // 2 else f"alone-{n}")
        kind = ("bulk", "hydra")[n % 2] if bad else ("person", "support_bot")[n % 2]
        programme = "licensed" if n == accounts - 1 else None
        truth.append(
            Truth(
                account=f"a{n}",
                actor=actor,
                campaign=campaign,
                archetype=kind,
                programme=programme,
                exchanges=n,
            )
        )
        if rng.random() < 0.95:
            rank = float(np.round(rng.normal(2.0 if bad else 0.0), 1))
            verdicts.append(
                Verdict(
                    account=f"a{n}",
                    rank=rank,
                    bits=max(0.0, rank),
                    actor=actor if rng.random() < 0.7 else f"said-{rng.integers(9)}",
                    verdict="distillation" if rank > 1.5 else "none",
                )
            )
    return truth, verdicts


def test_a_perfect_result_is_perfect():
    truth, _ = _case(1)
    verdicts = [
        Verdict(
            account=t.account,
            rank=1.0 if t.campaign else 0.0,
            actor=t.actor,
            verdict="distillation" if t.campaign else "none",
        )
        for t in truth
    ]
    got = score(truth, verdicts)
    assert [at.recall.value for at in got.at] == [1.0, 1.0, 1.0]
    assert got.at[0].campaigns == Share.counted(3, 3)
    assert got.verdicts.precision.value == got.verdicts.recall.value == 1.0
    assert msgspec.structs.asdict(got.links) == dict.fromkeys(got.links.__struct_fields__, 1.0)


def test_nothing_said_is_nothing_found():
    truth, _ = _case(1)
    got = score(truth, [])
    assert got.at[0].recall.hits == 0
    assert got.verdicts is got.links is None
    assert got.calibration == []


@given(st.integers(0, 1000))
def test_the_order_of_rows_does_not_matter(seed):
    truth, verdicts = _case(seed, 60)
    assert score(truth, verdicts) == score(truth[::-1], verdicts[::-1])


@given(st.integers(0, 1000))
def test_more_false_alarms_never_lower_the_recall(seed):
    truth, verdicts = _case(seed, 120)
    found = [at.recall.hits for at in score(truth, verdicts, [0.0, 0.01, 0.05, 0.2]).at]
    assert found == sorted(found)


@given(st.integers(0, 1000))
def test_pairs_are_counted_as_if_they_were_listed(seed):
    truth, verdicts = _case(seed, 50)
    said = {v.account: v for v in verdicts}
    true_of = {t.account: t.actor for t in truth}
    said_of = {a: said[a].actor if a in said and said[a].actor else f"alone-{a}" for a in true_of}
    pairs = list(combinations(true_of, 2))
    true = {p for p in pairs if true_of[p[0]] == true_of[p[1]]}
    named = {p for p in pairs if said_of[p[0]] == said_of[p[1]]}
    got = links(truth, said)
    assert got.pair_precision == round(len(true & named) / max(1, len(named)), 4)
    assert got.pair_recall == round(len(true & named) / max(1, len(true)), 4)


def test_a_programme_counts_neither_way():
    truth, verdicts = _case(2)
    exempt = truth[-1].account
    accusing = [v for v in verdicts if v.account != exempt]
    accusing.append(Verdict(account=exempt, rank=99.0, bits=9.0, verdict="distillation"))
    got, without = score(truth, accusing), score(truth, [v for v in verdicts if v.account != exempt])
    assert (got.at, got.verdicts.accused) == (without.at, without.verdicts.accused)
    assert got.calibration == without.calibration


def test_calibration_counts_the_share_times_two_to_the_bits():
    truth = [
        Truth(account=f"a{n}", actor=f"firm-{n % 50}", campaign=None, archetype="person", programme=None)
        for n in range(100)
    ]
    verdicts = [Verdict(account=f"a{n}", bits=3.0 if n < 20 else 0.0) for n in range(100)]
    got = score(truth, verdicts).calibration
    assert [row.bits for row in got] == [1, 2, 3]
    assert got[2].accounts_ratio == pytest.approx(0.2 * 8)
    assert got[2].actors_ratio == pytest.approx(0.4 * 8)


def test_false_positives_are_shown_by_kind_and_by_volume():
    truth, verdicts = _case(3)
    at = score(truth, verdicts, [0.05]).at[0]
    assert set(at.honest_by_kind) == {"person", "support_bot"}
    assert sum(s.of for s in at.honest_by_volume) == sum(s.of for s in at.honest_by_kind.values())
    assert sum(s.hits for s in at.honest_by_volume) == sum(s.hits for s in at.honest_by_kind.values()) <= 10
    assert len(at.honest_by_volume) == 10


@pytest.mark.parametrize(("hits", "of"), [(0, 10), (10, 10), (3, 40), (0, 0)])
def test_intervals_hold_the_share(hits, of):
    share = Share.counted(hits, of)
    assert 0 <= share.low <= share.value <= share.high <= 1


def test_a_bad_row_is_named(tmp_path):
    path = tmp_path / "verdicts.jsonl"
    path.write_text('{"account": "a"}\n\n{"account": 7}\n')
    with pytest.raises(BadTable, match="line 3"):
        read_rows(path, Verdict)


def test_agrees_with_the_scorer_that_comes_with_the_shared_log():
    path = Path(os.environ.get("EXCISE_SHARED", Path(__file__).parents[3] / "shared")) / "score.py"
    if not path.exists():
        pytest.skip("no other scorer beside the repository, nor at EXCISE_SHARED")
    spec = importlib.util.spec_from_file_location("other_score", path)
    other = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(other)
    for seed in range(5):
        truth, verdicts = _case(seed, 900)
        plain = [
            {k: v for k, v in msgspec.to_builtins(row).items() if v is not None or k == "campaign"}
            for row in verdicts
        ]
        theirs = other.score(msgspec.to_builtins(truth), plain)
        ours = score(truth, verdicts)
        for at in ours.at:
            assert at.recall.value == theirs[f"recall_at_fpr_{at.rate:g}"]
            assert at.campaigns.value == theirs[f"campaigns_at_fpr_{at.rate:g}"]
        assert {k: f"{s.hits}/{s.of}" for k, s in ours.at[1].by_tactic.items()} == theirs["by_archetype"]
        assert ours.verdicts.recall.value == theirs["verdicts"]["recall"]
        assert ours.verdicts.precision.value == theirs["verdicts"]["precision"]
        assert ours.verdicts.wrongly == dict(theirs["verdicts"]["wrongly"])
        assert msgspec.structs.asdict(ours.links) == theirs["links"]
