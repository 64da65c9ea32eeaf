from dataclasses import replace

import msgspec
import pytest

from excise.proving_ground.crews import crew, hours
from excise.proving_ground.dice import Dice
from excise.proving_ground.tradecraft import Tradecraft
from excise.proving_ground.world import Campaign

SIZE = 40


def _crew(setting, **craft):
    campaign = Campaign(tactic="squad", accounts=SIZE, exchanges=400, tradecraft=Tradecraft(**craft))
    return crew(setting, Dice.of("crew"), campaign, "one"), campaign


def test_a_crew_has_one_owner_and_many_names(fresh):
    members, _ = _crew(fresh())
    assert len({m.account.account for m in members}) == SIZE
    assert {(m.actor, m.campaign, m.archetype) for m in members} == {("actor-one", "one", "squad")}
    assert not any("one" in m.account.account or "squad" in m.account.account for m in members)


@pytest.mark.parametrize(
    ("payment", "least", "most"), [("own", SIZE, SIZE), ("one", 1, 1), ("few", 2, SIZE // 3), ("none", 0, 0)]
)
def test_payment(fresh, payment, least, most):
    setting = fresh()
    known = msgspec.structs.replace(setting.world.known, payment=1.0)
    world = msgspec.structs.replace(setting.world, known=known)
    members, _ = _crew(replace(setting, world=world), payment=payment)
    cards = {m.account.payment_fingerprint for m in members} - {None}
    assert least <= len(cards) <= most


@pytest.mark.parametrize("network", ["single", "cloud", "residential", "proxies", "vpn", "mobile", "egress"])
def test_network(fresh, network):
    members, _ = _crew(fresh(), network=network)
    addresses = {a for m in members for a in m.places.addresses}
    if network == "single":
        assert len(addresses) == 1
    elif network == "residential":
        assert len(addresses) > SIZE * 0.8
        assert all(len(m.places.addresses) == 1 for m in members)
    else:
        assert 2 <= len(addresses) <= SIZE * 4


def test_age(fresh):
    setting = fresh()
    days = {
        age: [(setting.start_s - m.account.created_at) / 86400 for m in _crew(setting, age=age)[0]]
        for age in ("fresh", "staggered", "aged")
    }
    assert max(days["fresh"]) < 26
    assert max(days["fresh"]) - min(days["fresh"]) <= 4
    assert 60 < max(days["staggered"]) <= 150
    assert min(days["aged"]) >= 60


def test_hours(fresh):
    setting = fresh()
    members, campaign = _crew(setting, hours="office")
    assert hours(setting, campaign, members).shape == "office"
    members, campaign = _crew(setting, hours="always")
    assert hours(setting, campaign, members).shape == "flat"
