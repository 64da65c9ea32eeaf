import stat

import numpy as np
import pytest

from excise.countermeasures.campaign_key import KeyFile
from excise.proving_ground.students.probing import Probe, Track, follow, key_file, signs
from excise.proving_ground.students.roster import Entrant

TWINS = Probe(name="twins", method="twins", access="log-probabilities")
BESIDE = Probe(name="beside", method="twins", access="log-probabilities", reference=True)
TEXT = Probe(
    name="text",
    method="twins_text",
    access="text",
    settings=(("samples", "1"), ("places", "0"), ("max_tokens", "20")),
    names=("distilled",),
    most_steps=20,
)
KEYS = Probe(
    name="keys",
    method="keys",
    access="text",
    mark="green_list",
    settings=(("fresh", "9"), ("max_tokens", "20")),
    most_steps=20,
)


@pytest.fixture(scope="module")
def distilled(supply):
    return Entrant(name="distilled", role="distilled", plan=supply.student(supply.served), served=60)


@pytest.fixture(scope="module")
def spoofed(supply):
    return Entrant(name="spoofed", role="control", plan=supply.student(supply.again), served=60)


def test_a_distilled_student_is_told_from_one_that_learned_a_third_draw(supply, distilled, spoofed):
    """Measured: 55 and -2 bits. A control reaches 8 bits once in 256 seeds at most; this seed is fixed."""
    guilty, innocent = (follow(TWINS, one, supply) for one in (distilled, spoofed))
    assert guilty.bits[-1] > 20
    assert max(innocent.bits) < 8
    assert len(guilty.bits) == len(guilty.scores) <= 60
    assert guilty.questions == 2.0
    assert follow(BESIDE, distilled, supply).bits[-1] > 20


def test_signs_alone_are_the_plain_coin_bet(supply, distilled):
    track = follow(TWINS, distilled, supply)
    plain = signs(track)
    assert plain.bits[-1] == pytest.approx(track.fact("bits-of-signs"))
    wins = sum(score > 0 for score in track.scores)
    assert plain.bits[-1] <= len(track.scores)
    assert wins > 0.8 * len(track.scores)


def test_text_is_asked_one_question_a_step(supply, distilled):
    track = follow(TEXT, distilled, supply)
    assert track.questions == 1.0
    assert len(track.bits) == 20
    assert np.isfinite(track.bits).all()


def test_keys_are_asked_with_a_key_file_of_their_own(supply, distilled):
    path = key_file(supply, "green_list", "campaign-a")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert KeyFile.read(path).key.secret == supply.key("campaign-a").secret
    track = follow(KEYS, distilled, supply)
    assert 1 <= track.fact("rank") <= 10
    assert track.fact("no such thing") is None


def test_what_was_followed_is_kept(supply, distilled, monkeypatch):
    track = follow(TWINS, distilled, supply)
    monkeypatch.setattr(supply.workshop, "model", None)
    assert follow(TWINS, distilled, supply) == track


def test_a_probe_tries_whom_it_makes_sense_to_ask(distilled, spoofed):
    plan = distilled.plan
    marked = Entrant(name="distilled", role="distilled", plan=plan, served=60, mark="green_list")
    other = Entrant(name="distilled", role="distilled", plan=plan, served=60, mark="tournament")
    human = Entrant(name="human_data", role="control", plan=plan, served=60)
    diluted = Entrant(name="dilution", role="attacked", plan=plan, served=60)
    assert [TWINS.tries(one) for one in (distilled, marked, human, diluted)] == [True, False, True, True]
    assert [KEYS.tries(one) for one in (distilled, marked, other, human)] == [False, True, False, True]
    assert [TEXT.tries(one) for one in (distilled, spoofed, diluted)] == [True, True, False]


def test_a_track_remembers_its_facts():
    assert Track(bits=(1.0,), scores=(None,)).fact("x") is None
