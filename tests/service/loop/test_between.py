"""What lies between two accounts agrees with what linking itself says of them."""

import numpy as np
import pytest

from excise.linking.link import link, ties
from excise.service.loop.between import between
from excise.store.portion import Portion


@pytest.fixture
def filled(bench, world):
    one = bench("between")
    for batch in world.rows.combine_chunks().to_batches():
        one.store.append(batch)
    one.store.flush()
    return one.store


def test_shared_values_weigh_what_linking_says_and_nobody_is_linked_against_it(filled, tmp_path):
    linking = link(filled, seed=0)
    names = linking.evidence.accounts.to_pylist()
    strongest = np.argsort(-linking.weighed.weight)[:3]
    with Portion(tmp_path) as portion:
        for row in strongest:
            one, other = int(linking.weighed.one[row]), int(linking.weighed.other[row])
            mates = [names[at] for at in np.flatnonzero(linking.owner == linking.owner[one])]
            found = between(filled, portion, names[one], names[other], mates=mates)
            assert {speaks.tie for speaks in found.ties} == set(ties())
            assert found.weight > 0
            for speaks in found.ties:
                if speaks.word == "for" and "rarest" in speaks.says:
                    assert speaks.weight == pytest.approx(linking.weighed.by_tie[speaks.tie][row], abs=1.0)


def test_two_strangers_lack_weight_and_each_tie_says_why(filled, tmp_path):
    linking = link(filled, seed=0)
    names = linking.evidence.accounts.to_pylist()
    paired = set(zip(linking.weighed.one.tolist(), linking.weighed.other.tolist(), strict=True))
    one, other = next((a, b) for a in range(20) for b in range(a + 1, 60) if (a, b) not in paired)
    with Portion(tmp_path) as portion:
        found = between(filled, portion, names[one], names[other])
        again = between(filled, portion, names[other], names[one])
    words = {speaks.tie: speaks.word for speaks in again.ties}
    assert {speaks.tie: speaks.word for speaks in found.ties} == words, "the order of the two says nothing"
    assert found.together == pytest.approx(again.together, abs=0.5)
    assert found.weight < 0
    assert all(speaks.says for speaks in found.ties)
    assert {speaks.word for speaks in found.ties} & {"apart", "missing", "common", "against"}


def test_who_is_not_in_the_store_has_nothing_said_of(filled, tmp_path):
    with Portion(tmp_path) as portion:
        found = between(filled, portion, "nobody", "nobody else")
    assert {speaks.word for speaks in found.ties} == {"missing"}
