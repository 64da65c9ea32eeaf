import msgspec
import pytest

from excise.countermeasures.changes import change
from excise.errors import BadSetting

TRACE = "First I add two and two"


def edit(body, key, **settings):
    return change("reasoning", settings).edit(body, key=key, reply="r-1")


def event(**delta):
    return b"data: " + msgspec.json.encode({"choices": [{"index": 0, "delta": delta}]}) + b"\n\n"


def pieces(body, name):
    lines = [line[6:] for line in body.splitlines() if line.startswith(b"data: {")]
    deltas = [msgspec.json.decode(line)["choices"][0]["delta"] for line in lines]
    return "".join(delta.get(name, "") for delta in deltas)


@pytest.mark.parametrize("name", ["reasoning_content", "reasoning"])
def test_a_field_of_reasoning_becomes_a_notice(key, name):
    raw = msgspec.json.encode({"choices": [{"message": {name: TRACE, "content": "4"}}]})
    edited = edit(raw, key)
    message = msgspec.json.decode(edited.body)["choices"][0]["message"]
    assert edited.changed == 1
    assert message == {
        name: "[The reasoning behind this reply, 6 words, is not shown.]",
        "content": "4",
    }


def test_reasoning_in_the_words_becomes_a_notice(key):
    raw = msgspec.json.encode({"choices": [{"message": {"content": f"<think>{TRACE}</think>4"}}]})
    edited = edit(raw, key)
    assert edited.changed == 1
    assert TRACE not in edited.body.decode()
    words = msgspec.json.decode(edited.body)["choices"][0]["message"]["content"]
    assert words.endswith("</think>4")
    assert "6 words, is not shown" in words


@pytest.mark.parametrize("cut", range(1, 30))
def test_reasoning_in_a_stream_is_taken_out_wherever_it_is_cut(key, cut):
    words = f"<think>{TRACE}</think>It is 4 < 5"
    stream = event(role="assistant", content="") + b"".join(
        event(content=words[at : at + cut]) for at in range(0, len(words), cut)
    )
    edited = edit(stream + b"data: [DONE]\n\n", key)
    left = pieces(edited.body, "content")
    assert edited.changed == 1
    assert left == "It is 4 < 5\n[The reasoning behind this reply, 6 words, is not shown.]"
    assert edited.body.endswith(b"data: [DONE]\n\n")


def test_a_field_of_reasoning_in_a_stream_becomes_one_notice(key):
    stream = event(reasoning_content="First I ") + event(reasoning_content="add") + event(content="4")
    edited = edit(stream, key)
    assert edited.changed == 1
    assert pieces(edited.body, "reasoning_content") == (
        "[The reasoning behind this reply, 3 words, is not shown.]"
    )
    assert pieces(edited.body, "content") == "4"


def test_a_trace_that_never_closes_is_held_back(key):
    edited = edit(event(content="<think>secret ") + event(content="steps"), key)
    assert "secret" not in edited.body.decode()
    assert edited.changed == 1


def test_the_providers_own_function_summarizes(key):
    escaped = msgspec.json.encode({"choices": [{"message": {"reasoning": "a < b", "content": "4"}}]})
    assert b"a &lt; b" in edit(escaped, key, summarizer="html:escape").body


@pytest.mark.parametrize("said", ["nowhere", "no.such.module:x", "html:no_such", "html:__doc__", ":x"])
def test_a_summarizer_that_is_none_is_named(key, said):
    with pytest.raises(BadSetting, match=r"package\.module:function"):
        edit(b'{"choices": []}', key, summarizer=said)


@pytest.mark.parametrize(
    "raw",
    [
        b'{"choices": null}',
        b'{"choices": [{"message": null}]}',
        b'{"choices": [{"message": {"content": null}}]}',
        b'{"choices": [{"message": {"content": "4 < 5", "reasoning": ""}}]}',
        b'data: {"choices": [{"delta": null, "index": "x"}]}\n\n',
    ],
)
def test_a_reply_without_reasoning_is_left_as_it_was(key, raw):
    edited = edit(raw, key)
    assert (edited.body, edited.changed) == (raw, 0)
