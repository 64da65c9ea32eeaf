"""Each detector on profiles written by hand: what it weighs, and whom it leaves alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import binom

from excise.behavior.profile import Profiles
from excise.detection.detectors import ALONE, MOST, tail_bits
from excise.detection.weigher import detectors

CROWD = 63


def weighed(name, *special, crowd=None):
    """Return the weights of actors with these features, who stand out of a crowd of 63 with 0 everywhere."""
    detector = detectors()[name]
    columns = {}
    for used in detector.uses:
        usual = (crowd or {}).get(used, {"concealed_accounts": 1.0, "accounts": 1.0}.get(used, 0.0))
        columns[used] = np.array([usual] * CROWD + [one.get(used, np.nan) for one in special])
    weights = detector.weights(Profiles(tuple(f"a{n}" for n in range(CROWD + len(special))), columns))
    assert not weights[:CROWD].any() or crowd is not None or name == "many_accounts"
    return weights[CROWD:].tolist()


RARE = pytest.approx(np.log2(65 / 2))  # one of 64, counted with itself: -log2(2 / 65)


@given(arrays(float, st.integers(1, 40), elements=st.floats(-9, 9) | st.just(np.nan)))
@settings(max_examples=60, deadline=None)
def test_a_tail_is_at_most_what_the_sample_knows(values):
    for high in (True, False):
        bits = tail_bits(values, high=high)
        assert (bits >= 0).all()
        assert (bits <= min(MOST, np.log2((1 + len(values)) / 2) + 1e-9)).all()
        assert not bits[np.isnan(values)].any()
        known = np.flatnonzero(~np.isnan(values))
        order = known[np.argsort(values[known] if high else -values[known])]
        assert (np.diff(bits[order]) >= 0).all()
    np.testing.assert_array_equal(tail_bits(values, high=False), tail_bits(-values))


@pytest.mark.parametrize("bits", [1, 2, 3, 4])
@pytest.mark.parametrize("kind", ["continuous", "ties"])
def test_a_tail_is_reached_no_more_often_than_it_says(bits, kind):
    """Exchangeable actors, of whom the last is looked at, 20,000 times; a true bound fails once in 10^5."""
    samples = 20_000
    draw = np.random.default_rng(17)
    values = (
        draw.random((samples, 40))
        if kind == "continuous"
        else draw.integers(0, 6, (samples, 40)).astype(float)
    )
    reached = sum(tail_bits(row)[-1] >= bits for row in values)
    assert reached <= binom.ppf(1 - 1e-5, samples, 2.0**-bits)


def test_many_accounts_grows_with_the_logarithm_and_never_faster_than_rarity():
    one, four, many = weighed("many_accounts", *({"concealed_accounts": n} for n in (1, 4, 400)))
    assert one == -2.0
    assert four == 2.0
    assert many == pytest.approx(np.log2(67 / 2))  # log2 400 is 8.6, but one of 66 is not that rare


def test_scattered_leaves_a_lone_traveler_alone():
    several, alone = ({"blocks_per_account": 9.0, "concealed_accounts": n} for n in (9, 1))
    assert weighed("scattered", several)[0] * 2 == RARE
    assert weighed("scattered", alone) == [0.0]


def test_one_queue_takes_a_lack_of_overlaps():
    crowd = {"overlap": 1.0}
    assert weighed("one_queue", {"overlap": 0.0, "exchanges": 90}, crowd=crowd) == [
        pytest.approx(np.log2(65 / 2) / 2)
    ]
    assert weighed("one_queue", {"overlap": 0.6, "exchanges": 90}, crowd=crowd) == [0.0]


def test_shared_payment_counts_identities():
    one, two = weighed("shared_payment", {"identities_per_payment": 1.0}, {"identities_per_payment": 2.0})
    assert (one, two) == (0.0, 2.0)


@pytest.mark.parametrize(
    ("name", "feature"),
    [("metronome", "gap_spread"), ("never_sleeps", "quiet_hours"), ("young_accounts", "account_age")],
)
def test_low_values_are_half_of_their_rarity(name, feature):
    crowd = {feature: 9.0}
    low, high = {feature: 1.0}, {feature: 12.0}
    assert weighed(name, low, crowd=crowd) == [pytest.approx(np.log2(65 / 2) / 2)]
    assert weighed(name, high, crowd=crowd) == [0.0]


@pytest.mark.parametrize(
    ("name", "feature"),
    [("bootstrapping", "bootstrapping"), ("grading", "grading"), ("trajectories", "trajectories")],
)
def test_a_kind_of_request_takes_volume_and_share_and_counts_less_alone(name, feature):
    def actor(share, exchanges, accounts):
        return {feature: share, "exchanges": exchanges, "concealed_accounts": accounts}

    assert weighed(name, actor(0.9, 100, 3)) == [pytest.approx(0.75 * np.log2(65 / 2))]
    assert weighed(name, actor(0.9, 100, 2)) == [pytest.approx(0.25 * np.log2(65 / 2))]
    assert weighed(name, actor(0.9, 99, 3)) == weighed(name, actor(0.5, 100, 3)) == [0.0]


@pytest.mark.parametrize(
    ("name", "feature", "value"),
    [("many_choices", "choices_per_prompt", 4.0), ("token_probabilities", "token_probabilities", 0.9)],
)
def test_a_near_proof_counts_less_of_one_or_two_accounts(name, feature, value):
    def actor(exchanges, accounts):
        return {feature: value, "exchanges": exchanges, "concealed_accounts": accounts}

    assert weighed(name, actor(100, 3)) == [RARE]
    assert weighed(name, actor(100, 2)) == [pytest.approx(ALONE * np.log2(65 / 2))]
    assert weighed(name, actor(99, 3)) == [0.0]


@pytest.mark.parametrize(
    ("name", "feature", "least", "factor"),
    [("reasoning", "reasoning_asked", 0.5, 0.5), ("release_pivot", "new_model", 0.3, 1.0)],
)
def test_what_one_person_may_do_is_weighed_of_several_accounts_only(name, feature, least, factor):
    def actor(share, accounts):
        return {feature: share, "concealed_accounts": accounts}

    assert weighed(name, actor(0.9, 3)) == [pytest.approx(factor * np.log2(65 / 2))]
    assert weighed(name, actor(0.9, 2)) == weighed(name, actor(least, 3)) == [0.0]


@pytest.mark.parametrize(
    ("name", "feature", "most"),
    [
        ("verified_business", "verified", -6.0),
        ("public_material", "public_prompts", -3.0),
        ("same_exercise", "collisions", -6.0),
    ],
)
def test_excuses_go_with_the_share(name, feature, most):
    assert weighed(name, {feature: 1.0}, {feature: 0.5}, {feature: np.nan}) == [most, most / 2, 0.0]


def test_checked_people_count_of_several_accounts():
    assert weighed(
        "checked_people", {"verified_people": 1.0, "accounts": 2.0}, {"verified_people": 1.0, "accounts": 1.0}
    ) == [-3.0, 0.0]


def test_volume_accuses_nobody():
    amounts = (1e9, 300.0, 75.0, 1.0, np.nan)
    assert weighed("volume", *({"exchanges": n} for n in amounts), crowd={"exchanges": 900.0}) == [
        0.0,
        0.0,
        -2.0,
        -3.0,
        0.0,
    ]


def test_sentences_give_the_numbers():
    said = detectors()
    assert (
        said["many_accounts"].sentence({"concealed_accounts": 1200.0})
        == "1,200 accounts act as one and nothing declares them so"
    )
    assert said["many_accounts"].sentence({"concealed_accounts": 1.0}) == "it runs a single account"
    assert (
        said["reasoning"].sentence({"reasoning_asked": 0.934}) == "93% of its exchanges ask for the reasoning"
    )


def test_purposes_read_on_after_who_does_it():
    for name, detector in detectors().items():
        assert detector.purpose is None or detector.purpose.split()[0] in ("pull", "draw", "moved"), name
        assert (detector.purpose is None) or detector.cause == "harvest", name
