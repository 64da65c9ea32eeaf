import gzip
import json

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from excise.service.capture.bodies import Malformed, TooMuch, records, unpacked

OBJECTS = st.lists(
    st.dictionaries(st.text(max_size=5), st.text(max_size=20) | st.integers(-9, 9)), min_size=1, max_size=5
)


@given(objects=OBJECTS)
def test_the_same_records_come_of_every_batching(objects: list[dict[str, object]]) -> None:
    array = json.dumps(objects).encode()
    lines = "\n".join(json.dumps(one) for one in objects).encode()
    assert [json.loads(one) for one in records(array)] == objects
    assert [json.loads(one) for one in records(lines)] == objects
    assert [
        json.loads(one) for one in records(b"\r\n" + lines.replace(b"\n", b"\r\n") + b"\r\n\r\n")
    ] == objects
    pretty = json.dumps(objects[0], indent=2).encode()
    assert [json.loads(one) for one in records(pretty)] == objects[:1]


def test_a_bad_line_is_a_record_of_its_own() -> None:
    assert records(b'{"a":1}\nnot json\n{"b":2}') == [b'{"a":1}', b"not json", b'{"b":2}']


@pytest.mark.parametrize("body", [b"", b"  \n ", b'[{"a":1}', b"[" * 100_000])
def test_what_is_no_batch_is_refused_as_a_whole(body: bytes) -> None:
    with pytest.raises(Malformed):
        records(body)


@pytest.mark.parametrize(("packing", "pack"), [("gzip", gzip.compress), ("zstd", zstandard.compress)])
def test_a_bomb_is_not_unpacked(packing, pack) -> None:
    assert unpacked(pack(b"x" * 1000), packing, most_bytes=1000) == b"x" * 1000
    with pytest.raises(TooMuch):
        unpacked(pack(bytes(50_000_000)), packing, most_bytes=1_000_000)
    with pytest.raises(Malformed):
        unpacked(pack(b"x" * 1000)[:-3], packing, most_bytes=1000)
    with pytest.raises(Malformed):
        unpacked(b"not packed", packing, most_bytes=1000)


def test_deflate_inside_gzip_that_is_damaged_is_malformed() -> None:
    packed = bytearray(gzip.compress(bytes(range(256)) * 100))
    packed[15] ^= 0xFF
    with pytest.raises(Malformed):
        unpacked(bytes(packed), "gzip", most_bytes=10**6)
