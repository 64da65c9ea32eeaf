import json
import math

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from excise.observation.canonical import canonical, sha256, sha256_of


class Record(Struct):
    b: float
    a: str
    c: tuple[int, ...] = ()


def test_a_record_is_written_one_way():
    assert canonical(Record(b=30.0, a="é\u2028", c=(2, 1))) == '{"a":"é\u2028","b":30,"c":[2,1]}'.encode()


@given(st.dictionaries(st.text(max_size=5), st.floats(-1e15, 1e15) | st.text(max_size=5)))
def test_what_is_read_back_is_written_the_same(record):
    data = canonical(record)
    assert canonical(json.loads(data)) == data


def test_no_number_is_refused():
    with pytest.raises(rfc8785.FloatDomainError):
        canonical({"a": math.nan})


def test_sums(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")
    known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert sha256(b"abc") == sha256_of(tmp_path / "a") == known
