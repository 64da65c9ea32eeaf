import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from excise.proving_ground.peers import Seen
from excise.proving_ground.sketched import MOST_QUERIES, likeness, sketched


def _seen(store, *accounts):
    return Seen(store, accounts, {account: account for account in accounts})


def test_queries_come_by_account_and_then_by_time(store_of, sent):
    store = store_of(
        [
            sent("b", 9, "one two three"),
            sent("a", 8, "seven eight"),
            sent("b", 1, "four five six"),
            sent("a", 2, "seven eight"),
            sent("a", 5),
        ]
    )
    found = sketched(_seen(store, "a", "b"))
    assert found.account.tolist() == [0, 0, 1, 1]
    assert found.of(1) == slice(2, 4)
    alike = likeness(found.words, found.words)
    assert alike[0, 1] == 1.0
    assert alike[2, 3] == 0.0
    assert (np.diag(alike) == 1.0).all()


def test_of_a_heavy_account_the_first_queries_are_kept(store_of, sent):
    store = store_of([sent("a", n, f"unlike{n} words{n}") for n in range(MOST_QUERIES + 5)])
    found = sketched(_seen(store, "a"))
    assert len(found.account) == MOST_QUERIES


def test_a_store_without_words_has_no_queries(store_of, sent):
    found = sketched(_seen(store_of([sent("a", 1)]), "a"))
    assert found.account.shape == (0,)
    assert found.of(0) == slice(0, 0)


masks = st.lists(st.integers(1, 2**10 - 1), min_size=2, max_size=8)


@given(masks)
def test_likeness_is_jaccard_and_positive_definite(masks):
    drawn = [{n for n in range(10) if mask >> n & 1} for mask in masks]
    dense = np.array([[n in one for n in range(10)] for one in drawn], dtype=np.float32)
    kernel = likeness(sparse.csr_array(dense), sparse.csr_array(dense))
    expected = [[len(one & other) / len(one | other) for other in drawn] for one in drawn]
    assert np.allclose(kernel, expected)
    assert np.linalg.eigvalsh(kernel).min() > -1e-9
