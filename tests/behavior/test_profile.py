"""Profiles: one row an actor, unknown is not zero, and the order of anything does not matter."""

import numpy as np

from excise.behavior.profile import features, profile, view_of

OWNER = {"a": "x", "b": "x", "c": "y"}


def test_actors_are_sorted_and_every_feature_has_a_column(sent, store_of):
    store = store_of([sent("a", 0), sent("b", 1), sent("c", 2), sent(None, 3)])
    found = profile(store, OWNER)
    assert found.actors == ("x", "y")
    assert found.features.keys() == features().keys()
    assert all(column.shape == (2,) for column in found.features.values())
    assert found["exchanges"].tolist() == [2.0, 1.0]
    assert found["accounts"].tolist() == [2.0, 1.0]


def test_what_a_log_lacks_is_unknown(sent, store_of):
    """Blind, not zero: no words, no addresses, no directory."""
    found = profile(store_of([sent("a", 0), sent("b", 1), sent("c", 2)]), OWNER)
    for name in (
        "reasoning_asked",
        "grading",
        "bootstrapping",
        "trajectories",
        "public_prompts",
        "collisions",
        "follow_ups",
        "choices_per_prompt",
        "account_age",
        "identities_per_payment",
        "blocks_per_account",
        "new_model",
        "overlap",
        "gap_spread",
        "quiet_hours",
    ):
        assert np.isnan(found[name]).all(), name


def test_owners_told_in_another_order_are_the_same(sent, store_of):
    store = store_of(
        [sent(n, at * 60, f"write about {n} and more of it all {at}") for n in "abc" for at in range(30)]
    )
    one = profile(store, OWNER)
    other = profile(store, dict(reversed(OWNER.items())))
    assert one.actors == other.actors
    for name in one.features:
        np.testing.assert_array_equal(one[name], other[name], err_msg=name)


def test_nobody_has_no_profile(store_of):
    found = profile(store_of([]), {})
    assert found.actors == ()
    assert all(len(column) == 0 for column in found.features.values())


def test_accounts_unknown_to_the_directory_are_in_the_view(sent, store_of):
    store = store_of(
        [sent("a"), sent("b")], accounts=[{"account": "a", "plan": "free"}, {"account": "never"}]
    )
    rows = store.run(view_of(store, {"a": "x", "b": "x"}).accounts.order_by("account")).to_pylist()
    assert [(row["account"], row["actor"], row["plan"]) for row in rows] == [
        ("a", "x", "free"),
        ("b", "x", None),
    ]


def test_the_feature_measured_now_is_told(sent, store_of):
    said: list[str] = []
    profile(store_of([sent("a")]), {"a": "x"}, watch=said.append)
    assert said == list(features())
