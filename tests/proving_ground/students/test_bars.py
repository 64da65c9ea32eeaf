import pytest

from excise.proving_ground.students.bars import bars
from excise.proving_ground.students.plan import Plan
from excise.proving_ground.students.probing import Probe, Track
from excise.proving_ground.students.roster import Entrant
from excise.proving_ground.students.summary import Followed, Null


def followed(probe, bits, *, name="distilled", role="distilled", strength=None, seed=1):
    entrant = Entrant(name=name, role=role, plan=Plan(lessons=(), seed=seed), served=1, strength=strength)
    track = Track(bits=tuple(bits), scores=(0.0,) * len(bits))
    return Followed(Probe(name=probe, method="twins", access="text"), entrant, seed, track)


def rising(last, steps=1200):
    return [last * (step + 1) / steps for step in range(steps)]


def by_name(followed_ones, null=()):
    return {one.name: one for one in bars(followed_ones, null)}


@pytest.mark.parametrize(("bits", "met"), [(60.0, True), (40.0, False)])
def test_the_lowest_seed_decides_within_the_steps_that_were_asked(bits, met):
    found = by_name([followed("twins", rising(bits)), followed("twins", rising(500.0), seed=2)])
    assert found["all served, 3 epochs, log-likelihoods"].met is met


def test_a_quarter_and_text_have_bars_of_their_own():
    found = by_name(
        [
            followed("twins", rising(25.0), name="dilution", role="attacked", strength=0.25),
            followed("twins by text", rising(5.0)),
        ]
    )
    assert found["a quarter served, log-likelihoods"].met
    assert not found["text only, twins by text, distilled"].met
    assert "4.17 bits in the lowest of 1 seeds" in found["text only, twins by text, distilled"].measured


def test_methods_are_compared_with_signs_on_the_same_students():
    found = by_name([followed("twins", rising(45.0)), followed("twins, signs only", rising(30.0))])
    one = found["twins, against the plain sign bet"]
    assert one.met
    assert one.measured.startswith("1.50 times")


def test_controls_may_have_a_few_bits_once_in_twenty():
    def innocent(highs):
        return [
            followed("twins", [9.0 if at < highs else -2.0], name="spoofed", role="control", seed=at)
            for at in range(20)
        ]

    assert by_name(innocent(1))["controls, twins"].met
    assert not by_name(innocent(2))["controls, twins"].met


def test_a_null_that_wins_too_often_misses_its_bar():
    null = Null(
        bet="sign", runs=1000, steps=9, bits=10, reached=2, share=0.002, share_at_most=0.007, allowed=2**-10
    )
    assert not by_name([], [null])["null of the sign bet"].met
