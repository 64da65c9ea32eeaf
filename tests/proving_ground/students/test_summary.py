import numpy as np
import pytest

from excise.lineage.methods import Fact
from excise.proving_ground.students.plan import Plan
from excise.proving_ground.students.probing import Probe, Track
from excise.proving_ground.students.roster import Entrant
from excise.proving_ground.students.summary import Followed, curves, nulls, radioactivity

TWINS = Probe(name="twins", method="twins", access="log-probabilities")
KEYS = Probe(name="keys", method="keys", access="text", mark="green_list")


def followed(seed, bits, *, name="distilled", role="distilled", probe=TWINS, facts=(), scores=None):
    entrant = Entrant(name=name, role=role, plan=Plan(lessons=(), seed=seed), served=1)
    track = Track(
        bits=tuple(bits), scores=tuple(scores or [0.0] * len(bits)), facts=tuple(facts), questions=2.0
    )
    return Followed(probe, entrant, seed, track)


def test_a_curve_holds_middle_lowest_and_highest_seed():
    (curve,) = curves(followed(seed, np.arange(1, 26) * seed) for seed in (1, 2, 4))
    assert curve.steps == (10, 20, 25)
    assert (curve.lowest, curve.median, curve.highest) == (
        (10.0, 20.0, 25.0),
        (20.0, 40.0, 50.0),
        (40.0, 80.0, 100.0),
    )
    assert curve.final == curve.most == (25.0, 50.0, 100.0)
    assert curve.reached(40) == 40.0
    assert curve.reached(5) == 0.0


def test_kinds_of_students_have_curves_of_their_own():
    found = curves([followed(1, [1.0]), followed(1, [1.0], name="dilution"), followed(1, [1.0], probe=KEYS)])
    assert [(one.probe, one.student) for one in found] == [
        ("twins", "distilled"),
        ("twins", "dilution"),
        ("keys", "distilled"),
    ]


def test_nulls_from_controls_scores_are_fair():
    """20,000 coins; the share that reaches 10 bits is at most 2^-10, and this seed is fixed."""
    scores = list(np.random.default_rng(1).standard_t(3, size=120))
    found = nulls([followed(1, [0.0] * 120, name="spoofed", role="control", scores=scores)], 1)
    assert {one.bet for one in found} == {"sign", "score", "choice"}
    for one in found:
        assert one.runs == 20_000
        assert one.steps == 120
        assert one.share == pytest.approx(one.reached / one.runs)
        assert one.share <= one.allowed < one.share_at_most + one.allowed
    assert nulls([followed(1, [1.0])], 1) == []


def test_radioactivity_stands_beside_the_published_statistic():
    facts = [
        Fact("rank", 1.0, ""),
        Fact("surplus-z", 8.0, ""),
        Fact("published-z", 9.5, ""),
        Fact("published-z-spread", 2.0, ""),
        Fact("fresh-most-bits", 3.0, ""),
    ]
    (one,) = radioactivity([followed(3, [12.0], probe=KEYS, facts=facts), followed(3, [1.0])])
    assert (one.seed, one.bits, one.rank, one.published_z) == (3, 12.0, 1.0, 9.5)
    assert one.student == "distilled, unmarked"
