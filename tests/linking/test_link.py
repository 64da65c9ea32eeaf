"""Accounts become actors: clusters are numbered by their first account, and nothing but the seed decides."""

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from excise.linking.link import Settings, cluster, link, ties
from excise.linking.weighing import Weighed

NAMES = [f"a{n:02d}" for n in range(40)]


def graph(*edges):
    one, other, weight = (np.array(column) for column in zip(*edges, strict=True))
    return Weighed(one, other, {}, weight.astype(float))


def clique(members, weight):
    return [(a, b, weight) for a in members for b in members if a < b]


def test_two_owners_with_a_weak_link_between_stay_two():
    found = cluster(
        graph(*clique([1, 4, 5], 9.0), *clique([0, 2, 6], 9.0), (1, 2, 3.0)),
        np.arange(8),
        resolution=2.0,
        seed=1,
    )
    assert found.tolist() == [0, 1, 0, 3, 1, 1, 0, 7]


def test_links_that_speak_against_join_nobody():
    assert cluster(graph((0, 1, -5.0), (1, 2, 0.0)), np.arange(3), resolution=2.0, seed=1).tolist() == [
        0,
        1,
        2,
    ]


def test_resolution_is_the_least_mean_weight_between_accounts():
    """A pair is joined above it and left apart below it."""
    for weight, owners in ((2.5, [0, 0]), (1.5, [0, 1])):
        assert cluster(graph((0, 1, weight)), np.arange(2), resolution=2.0, seed=1).tolist() == owners


def test_accounts_of_one_hand_enter_as_one():
    """Without a link between them; an account joins them where its mean weight to them all is enough."""
    together = np.array([0, 0, 0, 3, 4])
    near = [(a, 3, 2.5) for a in range(3)]
    far = [(0, 4, 5.0)]
    found = cluster(graph(*near, *far), together, resolution=2.0, seed=1)
    assert found.tolist() == [0, 0, 0, 0, 4]


EDGES = st.dictionaries(
    st.tuples(st.integers(0, 8), st.integers(9, 15)),
    st.floats(-4, 12, allow_nan=False),
    min_size=1,
    max_size=30,
)


@settings(max_examples=40, deadline=None)
@given(EDGES, st.integers(0, 5))
def test_a_seed_decides_all_and_owners_are_named_by_their_first_account(edges, seed):
    weighed = graph(*((a, b, w) for (a, b), w in edges.items()))
    found = cluster(weighed, np.arange(16), resolution=2.0, seed=seed)
    assert found.tolist() == cluster(weighed, np.arange(16), resolution=2.0, seed=seed).tolist()
    assert (found <= np.arange(16)).all()
    assert (found[found] == found).all()


@settings(max_examples=40, deadline=None)
@given(EDGES, EDGES, st.integers(0, 5))
def test_what_others_do_changes_nobodys_actor(edges, others, seed):
    """Accounts that nothing joins to these are clustered apart, however many there are."""
    mine = [(a, b, w) for (a, b), w in edges.items()]
    theirs = [(a + 16, b + 16, w) for (a, b), w in others.items()]
    alone = cluster(graph(*mine), np.arange(16), resolution=2.0, seed=seed)
    among = cluster(graph(*mine, *theirs), np.arange(32), resolution=2.0, seed=seed)
    assert among[:16].tolist() == alone.tolist()


def crowd(sent, store_of):
    """Forty accounts: four share a card, an address and an instruction; the others share nothing."""
    crew = NAMES[10:14]
    known = [{"account": n, "payment_fingerprint": "card" if n in crew else n} for n in NAMES]
    return store_of(
        [
            sent(
                n,
                at * 60 + k * 3_600,
                f"{n} asks about thing{k} of {n}",
                system="the crew's own words" if n in crew else None,
                address="198.18.0.1" if n in crew else f"198.19.{at}.1",
            )
            for at, n in enumerate(NAMES)
            for k in range(3)
        ],
        accounts=known,
    )


def test_a_crew_becomes_one_actor_and_nobody_else_does(sent, store_of):
    found = link(crowd(sent, store_of), seed=3)
    assert found.evidence.accounts.to_pylist() == NAMES
    assert found.owner.tolist() == [10 if 10 <= at < 14 else at for at in range(40)]


def test_a_stricter_resolution_joins_less(sent, store_of):
    found = link(crowd(sent, store_of), seed=3, settings=Settings(resolution=60.0))
    assert found.owner.tolist() == list(range(40))


def test_only_the_chosen_ties_are_asked(sent, store_of):
    chosen = {name: ties()[name] for name in ("mail_domain", "rhythm")}
    found = link(crowd(sent, store_of), seed=3, chosen=chosen)
    assert found.weighed.by_tie.keys() == chosen.keys()
    assert len(set(found.owner.tolist())) == 40


def test_nobody_is_nobody(store_of):
    assert link(store_of([]), seed=0).owner.tolist() == []


def test_one_is_one(sent, store_of):
    assert link(store_of([sent("a", text="hello there")]), seed=0).owner.tolist() == [0]


def test_settings_refuse_what_they_do_not_know():
    with pytest.raises(msgspec.ValidationError, match="resolutoin"):
        msgspec.convert({"resolutoin": 1.0}, Settings)


def test_progress_is_told(sent, store_of):
    said: list[str] = []
    link(crowd(sent, store_of), seed=3, watch=said.append)
    assert said[:3] == [
        "asking for ties",
        "looking for populations",
        "weighing pairs of accounts",
    ]
