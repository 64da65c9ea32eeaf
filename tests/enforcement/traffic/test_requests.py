import json

import pytest

from excise.casework.decision import Degradation
from excise.enforcement.traffic.requests import NotReadable, degraded, end_user_in

ALL = Degradation(max_n=1, max_tokens=100)


def after(asked, degradation=ALL):
    body = asked if isinstance(asked, bytes) else json.dumps(asked).encode()
    return json.loads(degraded(body, degradation))


@pytest.mark.parametrize(
    ("asked", "left"),
    [
        ({"logprobs": True, "top_logprobs": 20, "messages": []}, {"messages": [], "max_tokens": 100}),
        ({"logprobs": 5, "prompt": "x", "prompt_logprobs": 1}, {"prompt": "x", "max_tokens": 100}),
        ({"n": 8, "best_of": 16, "messages": []}, {"n": 1, "best_of": 1, "messages": [], "max_tokens": 100}),
        ({"n": "8", "messages": []}, {"n": 1, "messages": [], "max_tokens": 100}),
        ({"n": 8.0, "messages": []}, {"n": 1, "messages": [], "max_tokens": 100}),
        ({"n": 1e400, "messages": []}, {"n": 1, "messages": [], "max_tokens": 100}),
        ({"max_tokens": 5_000}, {"max_tokens": 100}),
        ({"max_completion_tokens": 50}, {"max_completion_tokens": 50}),
        ({"max_tokens": None}, {"max_tokens": 100}),
        ({"max_tokens": "all"}, {"max_tokens": 100}),
        ({"input": "x"}, {"input": "x", "max_output_tokens": 100}),
        (
            {"input": "x", "include": ["message.output_text.logprobs", "file_search_call.results"]},
            {"input": "x", "include": ["file_search_call.results"], "max_output_tokens": 100},
        ),
        ({"include_reasoning": True}, {"include_reasoning": False, "max_tokens": 100}),
        (b'{"n": 1, "n": 50, "x": NaN}', None),
        ('{"logprobs": true, "größe": "\\ud800"}'.encode("utf-16"), {"größe": "\ud800", "max_tokens": 100}),
    ],
)
def test_a_degraded_caller_asks_for_less_however_it_is_written(asked, left):
    found = after(asked)
    if left is None:
        assert found["n"] == 1
    else:
        assert found == left


def test_what_is_not_degraded_stays():
    asked = {"n": 8, "logprobs": True, "max_tokens": 9_000, "messages": [{"content": "größe 🚰"}], "seed": 7}
    nothing = Degradation(strip_logprobs=False, hide_reasoning=False, max_n=None)
    assert after(asked, nothing) == asked


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"5", b"\xff\xfe\xff", b"[" * 100_000])
def test_what_cannot_be_read_is_said(body):
    with pytest.raises(NotReadable):
        degraded(body, ALL)


@pytest.mark.parametrize(
    ("body", "end_user"),
    [
        (b'{"user": "u"}', "u"),
        (b'{"safety_identifier": "u"}', "u"),
        (b'{"metadata": {"user_id": "u"}}', "u"),
        (b'{"user": "u", "x": NaN}', "u"),
        (b'{"user": 5}', None),
        (b"[]", None),
        (b"[" * 100_000, None),
    ],
)
def test_the_end_user_is_found_where_apis_have_it(body, end_user):
    assert end_user_in(body) == end_user
