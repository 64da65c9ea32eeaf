from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from excise.service.journal.framing import framed, frames, payload


def test_what_was_framed_is_read_as_far_as_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "f"
    pieces = [framed(1, b"one"), framed(2, b""), framed(1, b"x" * 1000)]
    data = b"".join(pieces)
    for cut in range(len(data) + 1):
        path.write_bytes(data[:cut])
        whole = sum(cut >= len(b"".join(pieces[: n + 1])) for n in range(3))
        with path.open("rb") as file:
            found = [payload(file, frame) for frame in frames(file, begin=0)]
        assert found == [b"one", b"", b"x" * 1000][:whole], cut


@given(at=st.integers(0, 200), bit=st.integers(0, 7))
def test_no_changed_bit_goes_unnoticed(tmp_path_factory, at: int, bit: int) -> None:
    data = bytearray(framed(1, bytes(range(100))) + framed(2, bytes(100)))
    at %= len(data)
    data[at] ^= 1 << bit
    path = tmp_path_factory.mktemp("f") / "f"
    path.write_bytes(data)
    with path.open("rb") as file:
        found = [(frame.kind, payload(file, frame)) for frame in frames(file, begin=0)]
    whole = [(1, bytes(range(100))), (2, bytes(100))]
    padding = at % 112 in (1, 2, 3)  # of the head; it says nothing
    assert padding or found != whole
