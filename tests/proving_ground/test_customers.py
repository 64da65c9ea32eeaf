from collections import Counter

from excise.proving_ground.customers import country, customer, firm, places
from excise.proving_ground.dice import Dice


def test_honest_accounts_differ_widely(fresh):
    setting = fresh()
    drawn = [customer(setting, Dice.of("c", n), "person") for n in range(400)]
    age_days = [(setting.start_s - m.account.created_at) / 86400 for m in drawn]
    assert min(age_days) < 7
    assert max(age_days) > 700
    assert len({m.account.country for m in drawn}) > 15
    assert {m.account.verification for m in drawn} == {"none", "identity"}
    assert any(len(m.places.addresses) > 5 for m in drawn)
    assert any(m.account.payment_fingerprint is None for m in drawn)
    assert len({m.account.account for m in drawn}) == 400


def test_some_strangers_share_a_card_an_address_and_a_client(fresh):
    setting = fresh()
    drawn = [customer(setting, Dice.of("c", n), "person") for n in range(600)]
    cards = Counter(m.account.payment_fingerprint for m in drawn if m.account.payment_fingerprint)
    assert max(cards.values()) > 1
    addresses = Counter(a for m in drawn for a in set(m.places.addresses))
    assert max(addresses.values()) > 1
    assert len({m.clients for m in drawn}) < 500


def test_a_firm_gives_its_accounts_one_organization(fresh):
    setting = fresh()
    of = firm(setting, Dice(4), office=True, checked=1.0)
    drawn = [
        customer(setting, Dice.of("f", n), "company_seats", of=of, actor=of.organization) for n in range(5)
    ]
    assert {m.account.organization for m in drawn} == {of.organization}
    assert {m.account.verification for m in drawn} == {"business"}
    assert {m.actor for m in drawn} == {of.organization}
    assert of.office in setting.networks.offices


def test_servers_are_mostly_in_clouds(fresh):
    setting = fresh()
    blocks = {b for n in setting.networks.clouds for b in n.blocks}
    spots = [places(setting, Dice(n), machine=True).addresses[0] for n in range(200)]
    assert sum(s.rpartition(".")[0] in blocks for s in spots) > 120


def test_countries_are_common_to_different_degrees_in_different_worlds(fresh):
    setting = fresh()
    drawn = Counter(country(setting, Dice(n))[0] for n in range(2000))
    assert len(drawn) > 20
    assert drawn.most_common(1)[0][1] < 1000
