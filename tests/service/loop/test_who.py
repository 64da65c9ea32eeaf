"""Who is who: what is counted at once is what counting one by one gives."""

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from excise.service.loop.who import Roll, Who, roll_of, value_keys

_NAMES = [f"a{at}" for at in range(8)]
_CARRIED = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 7)), max_size=40)


def made(carried: list[tuple[int, int]], owner: list[int]) -> Roll:
    """A roll of eight accounts, six values and whose each account is."""
    names = value_keys("address", pa.array([str(value) for value in range(6)]))
    value = np.array([one for one, _ in carried], dtype=np.int64)
    account = np.array([one for _, one in carried], dtype=np.int64)
    return roll_of(_NAMES, np.array(owner), np.ones(8, np.int64), {"address": (names, value, account)})


@settings(max_examples=60, deadline=None)
@given(
    carried=_CARRIED,
    later=_CARRIED,
    groups=st.lists(st.integers(0, 3), min_size=8, max_size=8),
    inside=st.sets(st.sampled_from([*_NAMES, "new"])),
)
def test_owners_outside_are_counted_as_one_by_one(
    carried: list[tuple[int, int]], later: list[tuple[int, int]], groups: list[int], inside: set[str]
) -> None:
    owner = [groups.index(group) for group in groups]
    who = Who(made(carried, owner))
    keys = value_keys("address", pa.array([str(value) for value in range(6)])).tolist()
    for value, account in later:
        who.carry(_NAMES[account], [keys[value]])
    mine = {owner[_NAMES.index(name)] for name in inside if name in _NAMES}
    expected = [len({owner[a] for v, a in {*carried, *later} if v == value} - mine) for value in range(6)]
    values = pa.array([str(value) for value in range(6)])
    assert who.carriers("address", values, pa.array(sorted(inside), pa.string())).tolist() == expected
    assert who.owners(pa.array(sorted(inside), pa.string())) == len(set(owner) - mine)


@settings(max_examples=60, deadline=None)
@given(
    joins=st.lists(
        st.tuples(st.lists(st.sampled_from([*_NAMES, "new"]), min_size=1, max_size=4), st.integers(0, 3)),
        max_size=8,
    )
)
def test_an_account_has_one_owner_and_every_owner_is_one_of_its_accounts(
    joins: list[tuple[list[str], int]],
) -> None:
    who = Who(made([], list(range(8))))
    whose = {name: name for name in [*_NAMES, "new"]}
    for accounts, at in joins:
        stands = accounts[at % len(accounts)]
        who.join(accounts, stands)
        label = object()
        for account in accounts:
            whose[account] = label  # type: ignore[assignment]
    for name in [*_NAMES, "new"]:
        mates = who.mates(name)
        assert mates == sorted(other for other in whose if whose[other] == whose[name])
        assert who.owner(name) in mates
        assert {who.owner(mate) for mate in mates} == {who.owner(name)}


def test_near_are_those_who_share_what_few_share() -> None:
    carried = [(0, 0), (0, 1), (1, 0), (1, 2), (1, 3), (2, 4)]
    who = Who(made(carried, list(range(8))))
    keys = value_keys("address", pa.array(["0", "1"]))
    assert who.near({"a0"}, keys, most=9) == ["a1", "a2", "a3"]
    assert who.near({"a0"}, keys, most=1) == ["a1"]
    assert who.near({"a0", "a1"}, keys[:1], most=9) == []


def test_what_everybody_carries_brings_nobody_near() -> None:
    names = [f"a{at}" for at in range(60)]
    keys = value_keys("address", pa.array(["0"]))
    roll = roll_of(
        names,
        np.arange(60),
        np.ones(60, np.int64),
        {"address": (keys, np.zeros(60, np.int64), np.arange(60))},
    )
    assert Who(roll).near({"a0"}, keys, most=99) == []
