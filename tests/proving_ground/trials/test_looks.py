"""Looks: who looks often at honest customers is told what that costs."""

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from excise.proving_ground.draw import SCALES, Scale
from excise.proving_ground.trials.looks import RULES, Figures, Looks, moments, rate

CLAIMED = st.lists(st.floats(0, 12), min_size=1, max_size=20).map(np.array)


@given(CLAIMED)
def test_no_rule_claims_more_than_was_found(bits):
    for of in RULES.values():
        claims = of(bits)
        assert claims.shape == bits.shape
        assert (claims <= bits).all()
        assert (claims >= 0).all()


def test_rules_by_hand():
    found = np.array([4.0, 12.0, 11.0, 2.0])
    claimed = {rule: of(found).max() for rule, of in RULES.items()}
    assert claimed == {"last": 2.0, "any": 12.0, "twice": 11.0, "paid": 11.0}


@given(st.lists(st.floats(0, 30 * 86_400.0), min_size=1, max_size=400))
def test_looks_go_on_to_the_end_and_never_back(started):
    at_s = list(moments(np.sort(np.array(started))))
    assert at_s == sorted(at_s)
    assert at_s[-1] > max(started)
    assert len(at_s) <= 70


def test_a_log_is_looked_at_daily_however_slowly_it_grows():
    busy_then_quiet = np.concatenate([np.linspace(0, 3_600, 2_000), np.arange(1, 9) * 86_400.0])
    at_s = np.array(list(moments(busy_then_quiet)))
    assert np.diff(at_s).max() <= 2 * 86_400.0


def test_a_rate_owes_what_it_lacks():
    owners = np.array([10.0] * 4 + [0.0] * 1_020)
    assert rate(owners, 8).owed_bits == 0.0
    assert rate(owners, 10).owed_bits == 2.0
    assert rate(owners, 10).low_share < 4 / 1_024 < rate(owners, 10).high_share
    assert rate(owners, 11).owed_bits < 0


@pytest.fixture(scope="module")
def figures():
    SCALES["tiny"] = Scale(accounts=110, exchanges=1_200)
    said: list[str] = []
    try:
        written = Looks().run((7,), "tiny", said.append)
    finally:
        del SCALES["tiny"]
    assert len(said) == 1
    return msgspec.json.decode(written, type=Figures)


def test_every_rule_is_measured_on_the_same_owners(figures):
    rules = {rule.rule: rule for rule in figures.rules}
    assert rules.keys() == RULES.keys()
    assert figures.owners > 20
    assert figures.looks > 5
    for most, less in (("any", "last"), ("any", "twice"), ("any", "paid")):
        pairs = zip(rules[most].honest, rules[less].honest, strict=True)
        assert all(one.owners >= other.owners for one, other in pairs)
        assert rules[most].named_share >= rules[less].named_share
        assert rules[most].lost_share <= rules[less].lost_share
