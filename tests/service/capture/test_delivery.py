from hypothesis import given
from hypothesis import strategies as st

from excise.service.capture.delivery import (
    Beat,
    Counts,
    Delivery,
    Incoming,
    Reply,
    Wire,
    answer_of,
    delivery_of,
    message,
)


@given(bodies=st.lists(st.binary(max_size=300), min_size=1, max_size=6), size=st.integers(1, 97))
def test_what_was_sent_arrives_however_it_is_cut(bodies: list[bytes], size: int) -> None:
    sent = [Delivery(n, Wire.RECORDS, "litellm", "s", "gzip", body) for n, body in enumerate(bodies)]
    data = b"".join(message(one) for one in sent)
    incoming = Incoming()
    got = []
    for at in range(0, len(data), size):
        got += [delivery_of(one) for one in incoming.feed(data[at : at + size])]
    assert got == sent


def test_replies_and_beats_are_told_apart() -> None:
    sent = [Reply(7, 200, b"{}", Counts(accepted=1)), Beat(writable=False, because="full")]
    incoming = Incoming()
    assert [answer_of(one) for one in incoming.feed(b"".join(message(one) for one in sent))] == sent
