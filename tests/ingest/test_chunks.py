from hypothesis import given
from hypothesis import strategies as st

from excise.ingest.chunks import Chunk, chunks
from excise.ingest.unpacking import Broken

LINES = st.lists(st.binary(max_size=30).map(lambda b: b.replace(b"\n", b"")), max_size=30)


def pieces(data: bytes, size: int) -> list[tuple[bytes, int]]:
    return [(data[i : i + size], min(i + size, len(data))) for i in range(0, len(data), size)]


@given(lines=LINES, size=st.integers(1, 50), chunk_bytes=st.integers(1, 80), ends=st.booleans())
def test_chunks_are_the_stream_cut_at_line_breaks(
    *, lines: list[bytes], size: int, chunk_bytes: int, ends: bool
) -> None:
    data = b"\n".join(lines) + (b"\n" if ends else b"")
    found = list(chunks(pieces(data, size), "log", chunk_bytes=chunk_bytes))
    assert b"".join(one.data for one in found) == data
    assert all(one.data.endswith(b"\n") for one in found[:-1])
    for one in found:
        assert data[one.offset : one.offset + len(one.data)] == one.data
        assert one.first_line == data.count(b"\n", 0, one.offset) + 1
        assert one.ends_open == (not one.data.endswith(b"\n"))


@given(lines=LINES, size=st.integers(1, 50), most=st.integers(1, 25), ends=st.booleans())
def test_every_line_is_in_a_chunk_or_rejected_as_too_long(
    *, lines: list[bytes], size: int, most: int, ends: bool
) -> None:
    data = b"\n".join(lines) + (b"\n" if ends else b"")
    found = list(chunks(pieces(data, size), "log", max_line_bytes=most, chunk_bytes=most))
    whole = data.split(b"\n")
    kept = {one.first_line + i: line for one in found for i, line in enumerate(one.data.split(b"\n")) if line}
    rejected = {reject.line: reject for one in found for reject in one.rejects}
    assert not kept.keys() & rejected.keys()
    for number, line in enumerate(whole, 1):
        if number in rejected:
            assert len(line) > most
            reject = rejected[number]
            assert data[reject.offset : reject.offset + len(line)] == line
            assert reject.reason == f"the line has {len(line):,} bytes; at most {most:,} are read"
        elif line:
            assert kept[number] == line


def test_a_line_without_end_is_not_held() -> None:
    held = 0

    def endless():
        nonlocal held
        for position in range(2_000):
            yield b"x" * 65_536, position
        yield b"\n{}\n", 2_000

    found = []
    for one in chunks(endless(), "log", max_line_bytes=2**20, chunk_bytes=2**18):
        held = max(held, len(one.data))
        found.append(one)
    assert held < 2**21
    assert [reject.line for one in found for reject in one.rejects] == [1]
    assert found[-1].data == b"{}\n"
    assert found[-1].first_line == 2
    assert found[-1].offset == 2_000 * 65_536 + 1


def test_a_broken_stream_gives_what_came_and_says_so() -> None:
    def breaking():
        yield b"a\nb", 3
        raise Broken("the gzip stream ends early")

    assert list(chunks(breaking(), "log")) == [
        Chunk(file="log", data=b"a\nb", bytes_read=3, ends_open=True, notice="the gzip stream ends early")
    ]


def test_a_stream_that_breaks_at_once_says_so() -> None:
    def breaking():
        raise Broken("the gzip stream ends early")
        yield b"", 0

    (one,) = chunks(breaking(), "log")
    assert (one.data, one.notice, one.ends_open) == (b"", "the gzip stream ends early", False)


def test_nothing_gives_nothing() -> None:
    assert list(chunks([], "log")) == []
