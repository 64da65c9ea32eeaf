import csv
import gzip
import hashlib
import json
from collections import Counter
from ipaddress import ip_address, ip_network

import msgspec
import pytest
from scipy.stats import chisquare

from excise.proving_ground.compose import compose, parties
from excise.proving_ground.draw import Scale, draw, grow
from excise.proving_ground.member import Account, Truth
from excise.proving_ground.score import read_rows
from excise.proving_ground.world import World

FILES = ("log.litellm.jsonl.gz", "accounts.jsonl", "asn.csv", "releases.json", "truth.jsonl", "world.json")


@pytest.fixture(scope="module")
def world():
    return draw(21, Scale(accounts=220, exchanges=2600), harvesting=0.2)


@pytest.fixture(scope="module")
def folder(world, tmp_path_factory):
    out = tmp_path_factory.mktemp("world")
    compose(world, out)
    return out


@pytest.fixture(scope="module")
def records(folder):
    with gzip.open(folder / "log.litellm.jsonl.gz") as lines:
        return [json.loads(line) for line in lines]


def _hashes(folder):
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in FILES}


def test_equal_worlds_give_equal_bytes(world, folder, tmp_path):
    compose(world, tmp_path)
    assert _hashes(folder) == _hashes(tmp_path)


def test_another_seed_gives_another_log(world, folder, tmp_path):
    compose(msgspec.structs.replace(world, seed=22, exchanges=300), tmp_path)
    assert not set(_hashes(folder).values()) & set(_hashes(tmp_path).values())


def test_records_are_in_order_unique_and_within_the_log(records, world):
    times = [r["startTime"] for r in records]
    assert times == sorted(times)
    assert world.start_s <= times[0]
    assert times[-1] <= world.start_s + world.days * 86400.0
    assert len({r["id"] for r in records}) == len(records)
    assert abs(len(records) - 2600) < 700


def test_the_truth_covers_the_accounts_and_the_campaigns(folder, records, world):
    truth = read_rows(folder / "truth.jsonl", Truth)
    accounts = read_rows(folder / "accounts.jsonl", Account)
    assert [t.account for t in truth] == [a.account for a in accounts]
    sent = Counter(r["metadata"]["user_api_key_user_id"] for r in records)
    assert {t.account: t.exchanges for t in truth if t.exchanges} == dict(sent)
    answered = Counter(r["metadata"]["user_api_key_user_id"] for r in records if r["status"] == "success")
    assert all(t.harvested == 0 for t in truth if not t.campaign)
    assert all(0 <= t.harvested <= answered[t.account] for t in truth)
    plain = {c.tactic for c in world.campaigns} - {c.tactic for c in world.campaigns if c.tradecraft.cover}
    assert all(t.harvested == answered[t.account] for t in truth if t.campaign and t.archetype in plain)
    assert sum(t.harvested for t in truth) > 0
    campaigns = Counter(t.campaign for t in truth if t.campaign)
    assert sorted(campaigns.values()) == sorted(c.accounts for c in world.campaigns)
    for t in truth:
        assert (t.campaign is None) or (t.archetype in t.campaign and t.programme is None)
    owners = {}
    for t in truth:
        assert owners.setdefault(t.actor, t.campaign) == t.campaign
    programmes = {a.account: a.programme for a in accounts}
    assert all(t.programme == programmes[t.account] for t in truth)


def test_names_say_nothing(folder):
    # Were names independent, harvesters would spread over the sixteen leading digits as all accounts do; this
    # fails by chance once in 10,000 seeds, and the seed is fixed.
    truth = read_rows(folder / "truth.jsonl", Truth)
    bad = Counter(t.account[5] for t in truth if t.campaign)
    everybody = Counter(t.account[5] for t in truth)
    total = sum(bad.values())
    expected = [total * everybody[d] / len(truth) for d in sorted(everybody)]
    assert chisquare([bad[d] for d in sorted(everybody)], expected).pvalue > 1e-4
    assert {len(t.account) for t in truth} == {17}
    assert [t.account for t in truth] == sorted(t.account for t in truth)


def test_the_log_holds_nothing_of_the_truth(folder, records):
    truth = read_rows(folder / "truth.jsonl", Truth)
    names = {t.campaign for t in truth if t.campaign} | {t.actor for t in truth if t.campaign}
    beside = (folder / "accounts.jsonl").read_text() + (folder / "asn.csv").read_text()
    text = beside + "".join(json.dumps({**r, "messages": None, "response": None}) for r in records)
    assert not [name for name in names if name in text]


def test_every_address_is_owned_by_a_listed_network(folder, records):
    with (folder / "asn.csv").open() as lines:
        blocks = {ip_network(row["prefix"]): row for row in csv.DictReader(lines)}
    seen = {r["metadata"]["requester_ip_address"] for r in records} - {None}
    for address in map(ip_address, seen):
        size = 24 if address.version == 4 else 48
        assert ip_network((address, size), strict=False) in blocks


def test_a_suspended_account_gives_up(records):
    refused = Counter(
        r["metadata"]["user_api_key_user_id"] for r in records if r["error_str"] == "403 account suspended"
    )
    assert all(count <= 3 for count in refused.values())


def test_the_written_specification_composes_the_same_world(folder, world):
    again = msgspec.json.decode((folder / "world.json").read_bytes(), type=World)
    assert again == world
    assert [p.members for p, _ in parties(again)] == [p.members for p, _ in parties(world)]


def test_a_grown_world_has_more_of_the_same(world):
    grown = grow(world, 3.0)
    sizes = [sum(sum(counts) for _, counts in parties(w)) for w in (world, grown)]
    assert 2.4 < sizes[1] / sizes[0] < 3.6
    assert len(grown.campaigns) == 3 * len(world.campaigns)
    names = [m.account.account for p, _ in parties(grown) for m in p.members]
    assert len(names) == len(set(names))
