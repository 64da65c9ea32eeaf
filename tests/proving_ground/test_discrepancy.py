import numpy as np
from scipy import sparse

from excise.proving_ground.discrepancy import discrepancies
from excise.proving_ground.sketched import Sketched


def _queries(rng, vocabularies):
    """One account a vocabulary and count: each query holds 8 of its words."""
    rows, account = [], []
    for number, (words, count) in enumerate(vocabularies):
        for _ in range(count):
            row = np.zeros(100, np.float32)
            row[rng.choice(words, 8, replace=False)] = 1
            rows.append(row)
            account.append(number)
    return Sketched(np.array(account), sparse.csr_array(np.stack(rows)))


def test_under_the_null_it_is_centered_and_a_stranger_stands_out():
    """Forty accounts of one population: their mean is within three deviations of a mean of forty."""
    rng = np.random.default_rng(3)
    common, rare = np.arange(60), np.arange(60, 100)
    queries = _queries(rng, [(common, 40)] * 40 + [(rare, 40)] + [(common, 15)])
    found = discrepancies(queries, queries.account, 42, seed=0)
    assert abs(found[:40].mean()) < 0.6
    assert 0.4 < found[:40].std() < 2.0
    assert found[40] > 20
    assert np.isnan(found[41])  # fewer queries than the smallest window
    assert np.array_equal(found, discrepancies(queries, queries.account, 42, seed=0), equal_nan=True)


def test_of_a_handful_of_queries_nothing_is_said():
    queries = _queries(np.random.default_rng(3), [(np.arange(60), 20)])
    assert np.isnan(discrepancies(queries, queries.account, 1, seed=0)).all()
