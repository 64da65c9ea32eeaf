"""Each peer finds what its method is for: output_volume, rules, prada, seat, mmd, mmd_linked, ecod, ..."""

import numpy as np
import pytest

from excise.proving_ground.member import Truth
from excise.proving_ground.peers import UNKNOWN, peer_kinds
from excise.proving_ground.score import Verdict, links, read_rows

HOUR_S = 3600.0
COMMON = [f"word{n}" for n in range(60)]


def ranked(name, seen, seed=0):
    """What a peer says, by account."""
    ranking = peer_kinds()[name]().rank(seen, seed=seed)
    return dict(zip(seen.accounts, ranking.rank.tolist(), strict=True)), ranking.actor


def some(rng, words, count=14):
    return " ".join(rng.choice(words, count, replace=False))


def test_output_volume_counts_tokens(store_of, sent, seen_of):
    store = store_of(
        [
            sent("ann", 1, "hello", tokens_out=900),
            sent("bob", 2, "hello", tokens_out=500),
            sent("bob", 3, "hello", tokens_out=500),
            sent("cyd", 4, "hello"),
        ]
    )
    assert ranked("output_volume", seen_of(store))[0] == {"ann": 900, "bob": 1000, "cyd": 0}


def test_rules_add_points_up(store_of, sent, seen_of):
    opening = "please write down all that you know about the"
    store = store_of(
        [
            *(sent("fast", n * 20, f"question number {n}") for n in range(70)),
            *(sent("slow", n * 3 * HOUR_S, f"question number {n}") for n in range(70)),
            *(sent("asks", n * HOUR_S, f"solve {n} step by step") for n in range(6)),
            *(sent("once", n * HOUR_S, "solve it step by step" if n == 3 else "hi") for n in range(20)),
            *(sent(who, 5.0, f"{opening} history of {who} in former times") for who in ("o1", "o2", "o3")),
            sent("o4", 6.0, "tell me the history of towns and of their people in former times"),
        ]
    )
    rank, _ = ranked("rules", seen_of(store))
    assert rank["asks"] > rank["once"] > rank["fast"] > rank["slow"]
    assert rank["o1"] == rank["o2"] == rank["o3"] > rank["slow"] == rank["o4"]


def test_rules_name_who_shares_a_card_or_a_block_one_actor(store_of, sent, seen_of):
    store = store_of(
        [
            sent("a", 1, "hello", address="198.18.7.1"),
            sent("b", 2, "hello", address="198.18.7.99"),
            sent("c", 3, "hello", address="198.18.9.1"),
            sent("d", 4, "hello", address="198.18.11.1"),
        ],
        accounts=[
            {"account": "b", "payment_fingerprint": "card-1"},
            {"account": "c", "payment_fingerprint": "card-1"},
            {"account": "d", "payment_fingerprint": "card-2"},
        ],
    )
    rank, actor = ranked("rules", seen_of(store))
    assert actor is not None
    assert actor[0] == actor[1] == actor[2] != actor[3]
    assert rank["a"] > rank["d"]


def test_prada_doubts_two_kinds_of_distance(store_of, sent, seen_of):
    rng = np.random.default_rng(5)
    two = [some(rng, COMMON) if n % 2 else f"start {n} over again" for n in range(60)]
    store = store_of(
        [
            *(sent("natural", n, some(rng, COMMON)) for n in range(60)),
            *(sent("crafted", n, text) for n, text in enumerate(two)),
            *(sent("same", n, "how late is it now") for n in range(60)),
            *(sent("few", n, some(rng, COMMON)) for n in range(15)),
        ]
    )
    rank, _ = ranked("prada", seen_of(store))
    assert rank["crafted"] > rank["natural"] > UNKNOWN
    assert rank["same"] == rank["few"] == UNKNOWN


def test_seat_counts_near_copies(store_of, sent, seen_of):
    rng = np.random.default_rng(5)
    stem = some(rng, COMMON, 12)
    store = store_of(
        [
            *(sent("steps", n, f"{stem} variant{'abcdefgh'[n]}") for n in range(8)),
            *(sent("asks", n, some(rng, COMMON, 8)) for n in range(8)),
            sent("silent", 1),
        ]
    )
    rank, _ = ranked("seat", seen_of(store))
    assert rank["steps"] == 8 * 7 / 2
    assert rank["asks"] < 8
    assert rank["silent"] == UNKNOWN


@pytest.fixture
def odd_ones(store_of, sent):
    """Twenty accounts with one vocabulary, and four of eight queries each with another."""
    rng = np.random.default_rng(5)
    rare = [f"rare{n}" for n in range(30)]
    crowd = [sent(f"crowd{who:02}", n, some(rng, COMMON)) for who in range(20) for n in range(20)]
    alone = [sent("alone", n, some(rng, rare)) for n in range(20)]
    pooled = [sent(f"pool{who}", n, some(rng, rare)) for who in range(4) for n in range(8)]
    return store_of([*crowd, *alone, *pooled])


def test_mmd_finds_the_account_that_speaks_of_other_things(odd_ones, seen_of):
    rank, _ = ranked("mmd", seen_of(odd_ones))
    crowd = [value for account, value in rank.items() if account.startswith("crowd")]
    assert rank["alone"] > 10 > max(crowd)
    assert np.median(np.abs(crowd)) < 2  # in deviations of what chance gives
    assert rank["pool0"] == UNKNOWN


def test_mmd_linked_finds_accounts_too_small_alone(odd_ones, seen_of):
    accounts = seen_of(odd_ones).accounts
    owner = {
        account: account.rstrip("0123") if account.startswith("pool") else account for account in accounts
    }
    rank, actor = ranked("mmd_linked", seen_of(odd_ones, owner))
    assert rank["pool0"] == rank["pool3"] > 10
    assert rank["crowd07"] < 10
    assert actor is None  # the linking is ours


@pytest.mark.parametrize("name", ["ecod", "isolation_forest"])
def test_outlier_detectors_find_an_outlier(name, store_of, sent, seen_of):
    pytest.importorskip("pyod", reason="the extra peers is not installed")
    rng = np.random.default_rng(5)
    plain = [
        sent(f"plain{who:02}", float(rng.uniform(0, 5 * 86_400)), some(rng, COMMON))
        for who in range(40)
        for _ in range(int(rng.integers(5, 15)))
    ]
    odd = [sent("odd", n * 600.0, f"{some(rng, COMMON)} step by step") for n in range(600)]
    rank, _ = ranked(name, seen_of(store_of([*plain, *odd])))
    assert max(rank, key=lambda account: rank[account]) == "odd"


def test_splink_links_owners_and_ranks_by_their_size(world_store, seen_of):
    pytest.importorskip("splink", reason="the extra peers is not installed")
    truth = read_rows(world_store.path.parent / "world" / "truth.jsonl", Truth)
    seen = seen_of(world_store)
    rank, actor = ranked("splink", seen)
    assert actor is not None
    said = {a: Verdict(account=a, actor=owner) for a, owner in zip(seen.accounts, actor, strict=True)}
    found = links(truth, said)
    assert found.pair_precision > 0.8
    assert found.pair_recall > 0.1
    largest = max(set(actor), key=actor.count)
    assert max(rank.values()) >= actor.count(largest) > 2
    assert {int(rank[a]) for a, owner in zip(seen.accounts, actor, strict=True) if owner == largest} == {
        actor.count(largest)
    }
