"""Links are written to files and read again."""

import msgspec

from excise.linking.actor import Actor, Link, Strand


def test_an_actor_survives_being_written():
    strand = Strand(tie="payment", block="payment", weight=-2.5, text="one card")
    actor = Actor(
        name="actor-1", accounts=("a", "b"), links=(Link(one="a", other="b", weight=3.0, strands=(strand,)),)
    )
    assert msgspec.json.decode(msgspec.json.encode(actor), type=Actor) == actor
