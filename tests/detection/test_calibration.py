"""From rank to bits: monotone, capped, honest under the null, and humble where the bulk ranks high."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import binom

from excise.detection.calibration import (
    EXCHANGES_PER_BIT,
    UNITS_PER_EFFECTIVE,
    Reference,
    calibrate,
    reference,
)

RANKS = arrays(np.float64, st.integers(1, 60), elements=st.floats(-40, 40))


def drawn(against: Reference, count: int, seed: int) -> np.ndarray:
    """Draw ranks of honest actors from the reference itself: a uniform share, looked up."""
    share = np.random.default_rng(seed).random(count)
    return np.interp(share, against.share[::-1], against.ranks[::-1])


def test_the_reference_that_ships_is_a_survival_curve() -> None:
    against = reference()
    ranks, share = np.array(against.ranks), np.array(against.share)
    assert (np.diff(ranks) > 0).all()
    assert (np.diff(share) <= 0).all()
    assert share[0] == 1.0
    assert share[-1] == 0.0
    assert against.actors >= 10_000
    assert against.worlds >= 2
    assert against.ceiling_bits == pytest.approx(np.log2(against.actors / UNITS_PER_EFFECTIVE))


@settings(max_examples=60, deadline=None)
@given(RANKS)
def test_bits_rise_with_rank_and_never_pass_the_ceiling(rank: np.ndarray) -> None:
    bits, told = calibrate(rank, reference())
    order = np.argsort(rank)
    assert (np.diff(bits[order]) >= 0).all()
    assert (bits >= 0).all()
    assert (bits <= told.ceiling_bits + 1e-12).all()
    assert told.ceiling_bits <= reference().ceiling_bits
    assert told.shift_bits >= 0


def test_a_rank_beyond_every_honest_one_gets_the_ceiling_and_no_more() -> None:
    against = reference()
    honest = drawn(against, 1_000, seed=1)
    bits, told = calibrate(np.append(honest, 1e9), against)
    assert told.shift_bits == 0.0
    assert bits[-1] == told.ceiling_bits == against.ceiling_bits


@pytest.mark.parametrize("bits", [2, 3, 4, 5, 6, 7, 8, 9, 10])
def test_honest_actors_reach_b_bits_once_in_two_to_the_b(bits: int) -> None:
    """200,000 ranks from the reference itself, seed 11; a true bound fails once in 10^5 for each number."""
    count = 200_000
    claimed, told = calibrate(drawn(reference(), count, seed=11), reference())
    assert told.shift_bits < 0.1
    assert int((claimed >= bits).sum()) <= binom.ppf(1 - 1e-5, count, 2.0**-bits)


def test_the_claim_is_not_empty() -> None:
    """Of those whose kind is unfamiliar as many reach b bits as the word allows, and not far fewer."""
    against = reference()
    share = np.random.default_rng(12).random(50_000)
    rank = np.interp(share, against.unfamiliar[::-1], against.ranks[::-1])
    for bits in (3, 5, 7):
        assert 0.4 * 2**-bits < float((against.bits(rank) >= bits).mean()) <= 1.15 * 2**-bits


def test_a_kind_that_nobody_knew_lowers_the_claims() -> None:
    familiar = np.random.default_rng(1).normal(size=4_000)
    calm = {"monitor": familiar[:2_000], "seats": familiar[2_000:]}
    loud = calm | {"agency": np.random.default_rng(2).normal(3.0, 1.0, 400)}
    plain, known, strange = (Reference.of(familiar, 2, kinds) for kinds in (None, calm, loud))
    rank = np.array([0.0, 2.0, 3.0, 4.0])
    assert plain.bits(rank) == pytest.approx(known.bits(rank), abs=0.3)
    assert (strange.bits(rank) < known.bits(rank) - [0.1, 2, 3, 3]).all()
    assert (np.diff(strange.unfamiliar) <= 0).all()


def test_few_exchanges_bear_few_bits() -> None:
    honest = np.random.default_rng(1).normal(size=41_000)
    rank = np.append(honest[40_000:], [50.0] * 4)
    exchanges = np.append(np.full(1_000, 99.0), [1.0, 5.0, 20.0, 1e6])
    bits, _ = calibrate(rank, Reference.of(honest[:40_000], 9), exchanges)
    assert bits[-4:-1] == pytest.approx([0.5, 2.5, 10.0])
    assert bits[-1] > 11
    assert EXCHANGES_PER_BIT == 2.0


def test_a_guiltier_bulk_lowers_every_claim() -> None:
    against = reference()
    honest = drawn(against, 5_000, seed=13)
    shifts, claims = [], []
    for higher in (0.0, 0.5, 1.0, 2.0, 4.0):
        bits, told = calibrate(np.append(honest + higher, 30.0), against)
        shifts.append(told.shift_bits)
        claims.append(float(bits[-1]))
        assert told.ceiling_bits == pytest.approx(against.ceiling_bits - told.shift_bits)
        # Honest actors here claim no more than they should, though they rank higher.
        assert float((bits[:-1] >= 5).mean()) <= 1.3 * 2**-5
    assert shifts == sorted(shifts)
    assert shifts[0] < 0.1
    assert shifts[-1] > 1.0
    assert claims == sorted(claims, reverse=True)


def test_a_few_harvesters_do_not_shift_anything() -> None:
    honest = drawn(reference(), 5_000, seed=14)
    _, told = calibrate(np.append(honest, np.full(50, 30.0)), reference())
    assert told.shift_bits < 0.2


def test_a_handful_of_actors_is_no_bulk() -> None:
    """Chance shifts nothing: of four actors one may be of the highest eighth."""
    against = reference()
    high = float(np.interp(2.0**-3.5, against.share[::-1], against.ranks[::-1]))
    _, told = calibrate(np.array([-10.0, -9.0, -8.0, high]), against)
    assert told.shift_bits == 0.0


def test_nobody_is_calibrated_too() -> None:
    bits, told = calibrate(np.zeros(0), reference())
    assert bits.tolist() == []
    assert told.shift_bits == 0.0


def test_a_tiny_reference_bears_nothing() -> None:
    bits, told = calibrate(np.array([100.0]), Reference((0.0, 1.0), (1.0, 0.0), 5, 1))
    assert (bits.tolist(), told.ceiling_bits) == ([0.0], 0.0)
