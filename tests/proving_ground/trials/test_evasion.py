"""The curve says what remains and what was paid, step by step."""

import msgspec
import pytest

from excise.proving_ground.draw import SCALES, Scale
from excise.proving_ground.trials.evasion import PLAIN, STEPS, Curve, Evasion, evasive

SEED = 7  # of tuning, as all below 500 are


@pytest.fixture(scope="module", autouse=True)
def _tiny():
    SCALES["tiny"] = Scale(accounts=90, exchanges=900)
    yield
    del SCALES["tiny"]


MEASURED = ("none", "cover_traffic", "more_accounts", "separate_networks", "own_payment")


@pytest.fixture(scope="module")
def steps(_tiny):
    """The trial with some of its steps: each costs a judgement."""
    chosen = tuple(step for step in STEPS if step.name in MEASURED)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("excise.proving_ground.trials.evasion.STEPS", chosen)
        written = Evasion().run((SEED,), "tiny", lambda _: None)
    return {step.step: step for step in msgspec.json.decode(written, type=Curve).steps}


def test_each_step_changes_what_it_says_and_nothing_else():
    world = evasive(SEED, "tiny")
    per_step = len(world.campaigns) // len(STEPS)
    assert per_step >= 2
    plain = world.campaigns[:per_step]
    assert all(campaign.tradecraft == PLAIN for campaign in plain)
    for number, step in enumerate(STEPS):
        for base, campaign in zip(
            plain, world.campaigns[number * per_step : (number + 1) * per_step], strict=True
        ):
            before, after = msgspec.to_builtins(PLAIN), msgspec.to_builtins(campaign.tradecraft)
            assert {name: after[name] for name in after if after[name] != before[name]} == step.changes
            assert campaign.accounts == base.accounts * step.accounts
            assert campaign.genres == base.genres
            share = 1 - campaign.tradecraft.cover
            assert campaign.exchanges * share == pytest.approx(base.exchanges, abs=2.0)


def test_what_is_paid_and_what_is_harvested_add_up(steps):
    assert tuple(steps) == MEASURED
    plain = steps["none"]
    assert 0.97 < plain.harvested_per_exchange_paid <= 1.0  # some requests fail
    assert 0.4 < steps["cover_traffic"].harvested_per_exchange_paid < 0.6
    assert steps["more_accounts"].harvesting_accounts == 4 * plain.harvesting_accounts
    assert steps["more_accounts"].accounts_per_1000_harvested > 3 * plain.accounts_per_1000_harvested
    for step in steps.values():
        assert step.exchanges_harvested <= step.exchanges_paid
        assert step.accounts_per_1000_harvested == pytest.approx(
            step.harvesting_accounts / step.exchanges_harvested * 1000, abs=0.1
        )
        assert 0 <= step.recall_at_1_in_1000.median <= step.recall_at_1_in_100.median <= 1


def test_hiding_costs_instruments_and_networks(steps):
    plain = steps["none"]
    own, apart = steps["own_payment"], steps["separate_networks"]
    assert own.payment_instruments_per_1000_harvested > 2 * plain.payment_instruments_per_1000_harvested
    assert apart.address_blocks_per_1000_harvested > 2 * plain.address_blocks_per_1000_harvested
    alike = own.address_blocks_per_1000_harvested / plain.address_blocks_per_1000_harvested
    assert 0.5 < alike < 2.0
