import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from excise.countermeasures.bodies import Body, dicts
from excise.errors import Unreadable

STREAM = b': ping\n\ndata: {"id": "a",  "n": 1}\n\nevent: x\r\ndata: {"id":"b"}\r\n\r\ndata: [DONE]\n\n'


def test_what_is_not_changed_stays_byte_for_byte():
    for raw in (STREAM, b'  {"a" : [1, 2.50, "\\u00e9"]}\n'):
        assert Body(raw).write() == raw


def test_only_events_that_changed_are_written_anew():
    body = Body(STREAM)
    [_, second] = body.records()
    second["id"] = "c"
    assert body.write() == STREAM.replace(b'{"id":"b"}', b'{"id":"c"}')


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"hello",
        b"[1]",
        b'{"a":',
        b"data: {oops}\n\n",
        b"data: [1]\n\n",
        b"data: [DONE]\n\n",
        b'{"a":' * 100_000,
        b'{"a": "\xff"}',
    ],
)
def test_what_is_no_reply_is_not_passed_on(raw):
    with pytest.raises(Unreadable, match="a reply"):
        Body(raw)


@given(st.recursive(st.none() | st.integers(0, 9) | st.text(), lambda x: st.lists(x, max_size=3)))
def test_any_object_comes_back(value):
    raw = msgspec.json.encode({"a": value})
    body = Body(raw)
    next(body.records())["b"] = 1
    assert msgspec.json.decode(body.write()) == {"a": value, "b": 1}


@pytest.mark.parametrize("value", [None, 3, "x", {"a": 1}, [1, "x", None]])
def test_what_is_no_list_of_objects_has_none(value):
    assert dicts(value) == []
