import gzip
import io
import tracemalloc
import zlib

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from excise.errors import UnknownFormat
from excise.ingest.unpacking import Broken, unpacked

TEXT = b'{"a": 1}\n' * 5_000


def read(data: bytes) -> tuple[bytes, str | None]:
    """What a stream gives, and why it stopped if it did."""
    found = []
    try:
        for piece, _ in unpacked(io.BytesIO(data)):
            found.append(piece)
    except Broken as broken:
        return b"".join(found), str(broken)
    return b"".join(found), None


def zstd(data: bytes) -> bytes:
    return zstandard.ZstdCompressor().compress(data)


PACKERS = [gzip.compress, zstd]


@pytest.mark.parametrize("pack", [bytes, *PACKERS])
def test_whole_streams(pack) -> None:
    assert read(pack(TEXT)) == (TEXT, None)
    assert read(pack(b"\xef\xbb\xbf" + TEXT)) == (TEXT, None)
    assert read(pack(b"")) == (b"", None)


@pytest.mark.parametrize("pack", PACKERS)
def test_members_one_after_another(pack) -> None:
    assert read(pack(TEXT) + pack(b"") + pack(b"end\n")) == (TEXT + b"end\n", None)


def test_gzip_padding_is_passed_over_and_other_things_are_not() -> None:
    packed = gzip.compress(TEXT, mtime=0)
    assert read(packed + b"\0" * 700) == (TEXT, None)
    plain, why = read(packed + b"\0\0garbage")
    assert plain == TEXT
    assert why is not None
    assert "stands something else" in why


def test_zstd_with_a_skippable_frame_first() -> None:
    assert read(b"\x50\x2a\x4d\x18\x04\0\0\0abcd" + zstd(TEXT)) == (TEXT, None)


@pytest.mark.parametrize("pack", PACKERS)
def test_a_stream_cut_anywhere_gives_its_beginning_and_says_so(pack) -> None:
    packed = pack(bytes(range(256)) * 400)
    for cut in (5, len(packed) // 2, len(packed) - 1):
        plain, why = read(packed[:cut])
        assert (bytes(range(256)) * 400).startswith(plain)
        assert why is not None
        assert "still being written" in why


@pytest.mark.parametrize("pack", PACKERS)
@given(data=st.data())
def test_damage_is_said_and_nothing_else_happens(pack, data: st.DataObject) -> None:
    packed = bytearray(pack(TEXT))
    at = data.draw(st.integers(4, len(packed) - 1))
    packed[at] ^= 1 << data.draw(st.integers(0, 7))
    read(bytes(packed))


def test_damage_gives_what_came_before_it() -> None:
    noise = b"".join(zlib.crc32(i.to_bytes(3)).to_bytes(4, "big") for i in range(200_000))
    packed = bytearray(gzip.compress(noise, mtime=0))
    packed[len(packed) // 2] ^= 0xFF
    packed[len(packed) // 2 + 1] ^= 0xFF
    plain, why = read(bytes(packed))
    assert why is not None
    assert "damaged" in why
    assert len(plain) > len(noise) // 10


@pytest.mark.parametrize("pack", PACKERS)
def test_a_bomb_is_never_in_memory_whole(pack) -> None:
    bomb = pack(bytes(2**28))  # 256 MiB of nothing
    assert len(bomb) < 2**20
    tracemalloc.start()
    size = 0
    for piece, _ in unpacked(io.BytesIO(bomb)):
        size += len(piece)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size == 2**28
    assert peak < 50 * 2**20


@pytest.mark.parametrize("magic", [b"PK\x03\x04", b"\xfd7zXZ\0", b"BZh9", b"PAR1", "x".encode("utf-16")])
def test_other_packings_are_named(magic: bytes) -> None:
    with pytest.raises(UnknownFormat, match="which is not read; give JSON lines"):
        read(magic + b"rest")
