"""Which account carries what: gathered from a store, in an order that no thread decides."""

import numpy as np
import pyarrow.compute as pc
import pytest

from excise.linking.carried import gather
from excise.linking.link import ties


def test_accounts_are_those_that_sent_something(sent, store_of):
    known = [
        {"account": "a", "payment_fingerprint": "card"},
        {"account": "never", "payment_fingerprint": "card"},
    ]
    store = store_of([sent("b"), sent("a"), sent(None), sent("b", 5)], accounts=known)
    found = gather({"payment": ties()["payment"]}, store)
    assert found.accounts.to_pylist() == ["a", "b"]
    carried = found.carried["payment"]
    assert (carried.account.tolist(), carried.value.tolist(), carried.values) == ([0], [0], 1)


def test_values_are_positions_and_details_are_kept(sent, store_of):
    store = store_of(
        [sent("a", system="one two"), sent("b", system="one two"), sent("c", system="one two three")]
    )
    carried = gather({"instruction": ties()["instruction"]}, store).carried["instruction"]
    by_account = dict(
        zip(
            carried.account.tolist(),
            zip(carried.value.tolist(), carried.detail.tolist(), strict=True),
            strict=True,
        )
    )
    assert by_account[0] == by_account[1]
    assert by_account[0][0] != by_account[2][0]
    assert (by_account[0][1], by_account[2][1]) == (2.0, 3.0)
    assert carried.values == 2


def test_an_empty_store_has_no_evidence(store_of):
    found = gather(ties(), store_of([]))
    assert len(found.accounts) == 0
    assert all(carried.values == 0 for carried in found.carried.values())
    assert all(len(traits) == 0 for traits in found.traits.values())


def test_gathering_twice_is_equal(world_store):
    one, two = gather(ties(), world_store), gather(ties(), world_store)
    assert one.traits.keys() | one.carried.keys() == ties().keys()
    assert all(one.traits[name].equals(two.traits[name]) for name in one.traits)
    for name, carried in one.carried.items():
        assert carried.account.tolist() == two.carried[name].account.tolist()
        assert carried.value.tolist() == two.carried[name].value.tolist()


@pytest.mark.parametrize("kind", ["corpus", "replication", "rhythm", "sign_up"])
def test_what_is_said_about_accounts_is_all_their_rows(world_store, kind):
    found = gather(ties(), world_store)
    names = found.accounts.to_pylist()
    traits = found.traits[kind]
    for members in (np.array([0]), np.array([3, len(names) - 1])):
        about = found.about(kind, members)
        for account in (names[member] for member in members):
            mine = traits.filter(pc.equal(traits["account"], account))
            assert about.filter(pc.equal(about["account"], account)).equals(mine.combine_chunks())


def test_what_is_said_about_accounts_comes_with_a_few_others(world_store):
    found = gather(ties(), world_store)
    members = np.array([1])
    there = found.about("rhythm", members)["account"].to_pylist()
    assert None not in there
    others = set(there) - {found.accounts[1].as_py()}
    assert min(300, len(found.accounts) - 1) <= len(others) <= 601


def test_accounts_of_whom_nothing_is_known_have_no_rows(sent, store_of):
    known = [{"account": name, "created_at": 1_000_000} for name in ("a", "aa", "never", "b")]
    found = gather(ties(), store_of([sent("a"), sent("b"), sent("c"), sent(None)], accounts=known))
    assert found.spans["sign_up"][1].tolist() == [1, 1, 0]
    assert found.about("sign_up", np.array([2]))["account"].to_pylist() == ["a", "b"]
