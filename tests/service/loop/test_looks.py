"""What is claimed is what two looks agree on: one look alone, however high, claims little."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from excise.service.loop.looks import UNKNOWN_BITS, Look, Looks

BITS = st.floats(0, 20)


@given(st.lists(BITS, min_size=1, max_size=12))
def test_no_claim_is_more_than_this_look_or_the_one_before(looks):
    held, before = Looks({}), UNKNOWN_BITS
    for at, bits in enumerate(looks):
        claim = held.claim("a", bits, until_s=float(at), before=["a"])
        assert claim <= bits
        assert claim <= max(before, UNKNOWN_BITS)
        before = bits


@given(st.lists(BITS, min_size=2, max_size=12))
def test_to_look_again_at_the_same_is_no_second_look(looks):
    held = Looks({"a": Look(5.0, until_s=0.0)})
    assert all(held.claim("a", bits, until_s=1.0, before=["a"]) <= 5.0 for bits in looks)


def test_a_judgement_of_everything_seen_again_claims_what_it_claimed():
    whole = Look(9.0, until_s=4.0, earlier_bits=9.0)
    assert Looks({"a": whole}).claim("a", 12.0, until_s=4.0, before=["a"]) == 9.0


@pytest.mark.parametrize("until_s", [2.0, 3.0])
def test_an_actor_that_grew_of_two_has_the_higher_of_their_looks(until_s):
    held = Looks({"a": Look(12.0, 1.0), "b": Look(8.0, 1.5)})
    assert held.claim("a", 11.0, until_s=until_s, before=["a", "b"]) == 11.0
    assert held.found == {"a": Look(11.0, until_s, 12.0)}


def test_what_is_remembered_goes_on_elsewhere():
    held = Looks({})
    held.claim("a", 9.0, until_s=1.0, before=[])
    assert Looks(held.found).claim("a", 9.0, until_s=2.0, before=["a"]) == 9.0
