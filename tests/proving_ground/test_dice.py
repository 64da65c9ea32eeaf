from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from excise.proving_ground.dice import Dice

keys = st.integers(0, 2**64 - 1)


@given(keys, st.integers(1, 10**9))
def test_below_stays_below(key, n):
    assert 0 <= Dice(key).below(n) < n


@given(keys, st.integers(-50, 50), st.integers(0, 50))
def test_between_includes_both_ends_and_nothing_else(key, low, more):
    assert low <= Dice(key).between(low, low + more) <= low + more


@given(keys, st.lists(st.integers(), max_size=20), st.integers(0, 25))
def test_some_draws_different_places_and_leaves_the_options_alone(key, options, count):
    before = list(options)
    drawn = Dice(key).some(options, count)
    assert options == before
    assert len(drawn) == min(count, len(options))
    assert not Counter(drawn) - Counter(options)


def test_a_fork_does_not_depend_on_what_was_thrown():
    thrown = Dice.of(1, "a")
    thrown.below(6)
    assert thrown.fork("b").below(10**9) == Dice.of(1, "a").fork("b").below(10**9)


def test_paths_are_not_run_together():
    assert Dice.of("ab", "c").key != Dice.of("a", "bc").key


def test_draws_are_even():
    # 60,000 throws: each face 10,000 +- 456 (5 standard deviations; fails once in 250,000 seeds).
    dice = Dice.of("even")
    faces = Counter(dice.below(6) for _ in range(60_000))
    assert all(abs(count - 10_000) < 456 for count in faces.values())


def test_weighed_follows_the_weights():
    dice = Dice.of("weighed")
    drawn = Counter(dice.weighed({"a": 3.0, "b": 1.0, "never": 0.0}) for _ in range(8_000))
    assert drawn["never"] == 0
    assert abs(drawn["a"] - 6_000) < 200


def test_log_normal_has_its_median():
    dice = Dice.of("median")
    drawn = sorted(dice.log_normal(40.0, 1.0) for _ in range(4001))
    assert 36 < drawn[2000] < 44


def test_numpy_draws_are_named_too():
    a, b = Dice.of(5).numpy("x"), Dice.of(5).numpy("x")
    assert a.random() == b.random() != Dice.of(5).numpy("y").random()
