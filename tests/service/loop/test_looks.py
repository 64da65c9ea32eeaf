"""What is claimed is what two looks agree on: one look alone, however high, claims little."""

from hypothesis import given
from hypothesis import strategies as st

from excise.service.loop.looks import UNKNOWN_BITS, Looks

BITS = st.floats(0, 20)


@given(st.lists(BITS, min_size=1, max_size=12))
def test_no_claim_is_more_than_this_look_or_the_one_before(looks):
    held, before = Looks({}), UNKNOWN_BITS
    for bits in looks:
        claim = held.claim("a", bits, before=["a"])
        assert claim <= bits
        assert claim <= max(before, UNKNOWN_BITS)
        before = bits


def test_an_actor_that_grew_of_two_has_the_higher_of_their_looks():
    held = Looks({"a": 12.0, "b": 8.0})
    assert held.claim("a", 11.0, before=["a", "b"]) == 11.0
    assert held.found == {"a": 11.0}


def test_what_is_remembered_goes_on_elsewhere():
    held = Looks({})
    held.claim("a", 9.0, before=[])
    assert Looks(held.found).claim("a", 9.0, before=["a"]) == 9.0
