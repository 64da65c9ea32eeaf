import msgspec
import pytest

from excise.countermeasures.changes import change
from excise.errors import Unreadable


def edit(body, key):
    return change("log_probabilities").edit(body, key=key, reply="r-1")


CHAT = {
    "id": "c-1",
    "choices": [
        {
            "index": 0,
            "message": {
                "role": "assistant",
                "content": "Hi",
                "tool_calls": [{"arguments": '{"logprobs":1}'}],
            },
            "logprobs": {"content": [{"token": "Hi", "logprob": -0.5, "top_logprobs": [{"token": "Yo"}]}]},
        }
    ],
    "prompt_logprobs": [None, {"1": {"logprob": -1}}],
    "metadata": {"logprobs": "the customer's own"},
    "usage": {"completion_tokens": 1},
}
COMPLETION = {"choices": [{"text": "Hi", "logprobs": {"tokens": ["Hi"], "token_logprobs": [-0.5]}}]}
RESPONSE = {"output": [{"content": [{"type": "output_text", "text": "Hi", "logprobs": [{"token": "Hi"}]}]}]}


@pytest.mark.parametrize(("reply", "fields"), [(CHAT, 2), (COMPLETION, 1), (RESPONSE, 1)])
def test_no_likelihood_is_left_and_all_words_are(key, reply, fields):
    edited = edit(msgspec.json.encode(reply), key)
    assert edited.changed == fields
    after = msgspec.json.decode(edited.body)
    assert "-0.5" not in edited.body.decode()
    assert "Yo" not in edited.body.decode()
    if reply is CHAT:
        assert after == {
            **CHAT,
            "choices": [{**CHAT["choices"][0], "logprobs": None}],
            "prompt_logprobs": [],
        }
    elif reply is COMPLETION:
        assert after == {"choices": [{"text": "Hi", "logprobs": None}]}
    else:
        assert after["output"][0]["content"][0] == {"type": "output_text", "text": "Hi", "logprobs": []}


def test_a_stream_is_stripped_event_by_event(key):
    piece = b'data: {"choices":[{"index":0,"delta":{"content":"Hi"},"logprobs":%s}]}\n\n'
    stream = piece % b'{"content":[{"logprob":-0.5}]}' + piece % b"null" + b"data: [DONE]\n\n"
    edited = edit(stream, key)
    assert edited.changed == 1
    assert edited.body == piece % b"null" + piece % b"null" + b"data: [DONE]\n\n"


def test_a_reply_without_is_left_as_it_was(key):
    raw = b'{ "choices": [{"logprobs": null, "message": {"content": "1"}}] }'
    edited = edit(raw, key)
    assert (edited.body, edited.changed) == (raw, 0)
    assert edit(edit(msgspec.json.encode(CHAT), key).body, key).changed == 0


def test_what_cannot_be_read_is_not_passed_on(key):
    with pytest.raises(Unreadable):
        edit(b"<html>502</html>", key)
