"""What accounts ever used, from stores written by hand."""

import numpy as np
import pytest

from excise.ingest.exchange import Parameters
from excise.linking.carried import gather
from excise.linking.habits import FEWEST, habits
from excise.linking.link import ties

NAMES = [f"a{n:02d}" for n in range(30)]


@pytest.fixture
def found(sent, store_of):
    """Thirty accounts: ten use one instruction, nine another temperature once; all ask of their own."""
    store = store_of(
        [
            sent(
                name,
                at * 60 + k * 20_000,
                f"please tell {name} about the thing{k} of {name} that matters",
                system="you answer in the fewest words that will do" if at < 10 else None,
                parameters=Parameters(temperature=0.3 if at in range(5, 14) and k == 0 else 1.0),
            )
            for at, name in enumerate(NAMES)
            for k in range(3)
        ]
    )
    chosen = {name: ties()[name] for name in ("corpus", "replication")}
    return habits(store, gather(chosen, store))


def carriers(found, kind):
    return sorted(
        found.candidates[[row]].indices.tolist() for row in np.flatnonzero(found.kind == kind).tolist()
    )


def test_each_value_that_enough_accounts_and_not_too_many_used_is_a_candidate(found):
    assert carriers(found, "sampler") == [list(range(5, 14))]
    # The instruction and its pieces have the same carriers: one candidate.
    assert carriers(found, "instruction") == [list(range(10))]
    assert carriers(found, "instruction piece") == []
    assert (np.diff(found.candidates.indptr) >= FEWEST).all()


def test_the_column_of_a_candidate_is_what_it_was_found_by(found):
    for row in range(len(found.kind)):
        used = found.counts[found.kind[row]][:, [found.column[row]]].toarray().ravel()
        assert np.flatnonzero(used).tolist() == found.candidates[[row]].indices.tolist()


def test_exchanges_are_counted_by_account(found):
    for kind, each in (("sampler", 3), ("hours", 3), ("prompts", 3)):
        assert found.counts[kind].sum(axis=1).tolist() == [each] * 30
    assert found.counts["instruction"].sum(axis=1).tolist() == [3] * 10 + [0] * 20


def test_words_of_one_account_alone_and_of_everybody_are_left_out(found):
    used = np.bincount(found.counts["words"].indices, minlength=found.counts["words"].shape[1])
    assert ((used == 0) | ((used > 1) & (used <= FEWEST))).all()


def test_nobody_has_no_habits(store_of):
    store = store_of([])
    chosen = {name: ties()[name] for name in ("corpus", "replication")}
    assert habits(store, gather(chosen, store)).candidates.shape == (0, 0)
