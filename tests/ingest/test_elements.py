import msgspec
from hypothesis import given
from hypothesis import strategies as st

from excise.ingest.elements import elements

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


def rewritten(data: bytes, size: int) -> bytes:
    return b"".join(
        piece for piece, _ in elements((data[i : i + size], i) for i in range(0, len(data), size))
    )


@given(
    records=st.lists(st.dictionaries(st.text(max_size=4), JSON, max_size=4), max_size=6),
    indent=st.sampled_from([0, 1, 4]),
    size=st.integers(1, 40),
    arrays=st.integers(1, 3),
)
def test_each_element_becomes_a_line(records: list[object], indent: int, size: int, arrays: int) -> None:
    one = msgspec.json.encode(records)
    data = b"\n".join([msgspec.json.format(one, indent=indent) if indent else one] * arrays)
    out = rewritten(data, size)
    assert len(out) == len(data)
    lines = [line for line in out.split(b"\n") if line.strip()]
    assert [msgspec.json.decode(line) for line in lines] == records * arrays


@given(st.binary(max_size=200), st.integers(1, 20))
def test_offsets_stay_true_whatever_it_is(data: bytes, size: int) -> None:
    assert len(rewritten(data, size)) == len(data)
    assert rewritten(data, size) == rewritten(data, len(data) or 1)


def test_the_line_of_an_element_is_its_number() -> None:
    out = rewritten(b'[\n  {"a":\n 1},\n\n {"a": 2}\n]', 7)
    assert [line.strip() for line in out.split(b"\n")][:2] == [b'{"a":  1}', b'{"a": 2}']


def test_damage_in_one_element_ends_with_its_line() -> None:
    data = b'[\n{"a": "x},\n{"a": "y"},\n{"a": "z"}\n]'
    lines = [line.strip() for line in rewritten(data, 1_000).split(b"\n") if line.strip()]
    assert lines[-2:] == [b'{"a": "y"}', b'{"a": "z"}']


def test_an_element_without_end_ends_with_its_line_and_takes_no_time() -> None:
    data = b'[\n{"a": 1},\n' + b"[" * 20_000_000 + b'\n{"a": 2},\n{"a": 3}\n]'
    lines = [line.strip() for line in rewritten(data, 2**20).split(b"\n") if line.strip()]
    assert (lines[0], lines[2:]) == (b'{"a": 1}', [b'{"a": 2}', b'{"a": 3}'])


def test_an_array_that_is_still_being_written_has_no_last_line_break() -> None:
    assert not rewritten(b'[{"a": 1},{"a', 5).endswith(b"\n")
