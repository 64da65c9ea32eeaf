import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from excise.casework.decision import Degradation
from excise.enforcement.traffic.replies import Edit, Tags


def whole(said, degradation=None):
    return json.loads(Edit(degradation or Degradation()).whole(json.dumps(said).encode()))


def events(*said):
    return b"".join(b"data: " + json.dumps(one).encode() + b"\n\n" for one in said) + b"data: [DONE]\n\n"


SECRET = "sesame"

DIALECTS = [
    {"choices": [{"message": {"content": "w", "reasoning_content": SECRET, "reasoning": SECRET}}]},
    {"choices": [{"message": {"content": f"<think>{SECRET}</think>w"}}]},
    {"choices": [{"message": {"content": "w"}, "logprobs": {"content": [{"token": SECRET}]}}]},
    {"choices": [{"text": "w", "logprobs": {"tokens": [SECRET], "token_logprobs": [-1]}}]},
    {"choices": [{"text": f"w<think>{SECRET}", "index": 0}]},
    {"prompt_logprobs": [{"1": {"logprob": -1, "decoded_token": SECRET}}], "choices": []},
    {"output": [{"type": "reasoning", "summary": [{"type": "summary_text", "text": SECRET}]}]},
    {"output": [{"type": "reasoning", "content": [{"type": "reasoning_text", "text": SECRET}]}]},
    {"output": [{"content": [{"type": "output_text", "text": "w", "logprobs": [{"token": SECRET}]}]}]},
    {"output": [{"content": [{"type": "output_text", "text": f"<think>{SECRET}</think>w"}]}]},
    {"type": "message", "content": [{"type": "thinking", "thinking": SECRET}, {"type": "text", "text": "w"}]},
    {"choices": [{"message": {"content": "w", "reasoning_details": [{"text": SECRET}]}}]},
]
STREAMED = [
    [{"choices": [{"index": 0, "delta": {"reasoning_content": SECRET}}]}],
    [
        {"choices": [{"index": 0, "delta": {"content": piece}}]}
        for piece in ("<th", "ink>", SECRET, "</thin", "k>w")
    ],
    [{"choices": [{"index": 0, "delta": {"content": "w"}, "logprobs": {"content": [{"token": SECRET}]}}]}],
    [{"type": "response.reasoning_text.delta", "delta": SECRET}],
    [{"type": "response.reasoning_summary_text.done", "text": SECRET}],
    [{"type": "content_block_start", "content_block": {"type": "thinking", "thinking": SECRET}}],
    [{"type": "content_block_delta", "delta": {"type": "thinking_delta", "thinking": SECRET}}],
    [
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": piece}}
        for piece in ("<think>", SECRET)
    ],
    [{"type": "response.output_text.delta", "item_id": "a", "delta": p} for p in ("<think", ">" + SECRET)],
]


@pytest.mark.parametrize("said", DIALECTS)
def test_nothing_of_it_is_left_in_a_whole_reply(said):
    found = whole(said)
    assert SECRET not in json.dumps(found)
    assert found.keys() == said.keys()
    assert ('"w' in json.dumps(said)) <= ("w" in json.dumps(found))


@pytest.mark.parametrize("said", STREAMED)
@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_nothing_of_it_is_left_in_a_stream_however_it_is_cut(said, size):
    body, edit = events(*said), Edit(Degradation())
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    found = b"".join(edit.piece(piece, last=n == len(pieces) - 1) for n, piece in enumerate(pieces))
    assert SECRET.encode() not in found
    assert found.endswith(b"data: [DONE]\n\n")
    assert found.count(b"data:") == body.count(b"data:")


@pytest.mark.parametrize(
    "said",
    [
        {
            "choices": [
                {"message": {"content": "I <think> not", "tool_calls": [{"function": {"arguments": "{}"}}]}}
            ]
        },
        {"reasoning": {"effort": "low", "summary": "auto"}, "output": []},
        {"metadata": {"logprobs": "mine", "reasoning": "mine"}, "choices": []},
        {"usage": {"completion_tokens_details": {"reasoning_tokens": 5}}, "choices": []},
    ][1:],
)
def test_what_is_the_customers_own_or_a_count_stays(said):
    assert whole(said) == said


def test_what_is_not_changed_passes_byte_for_byte():
    body = b': ping\r\nevent: x\r\ndata: {"choices" : [ {"delta":{"content":"hi"}} ]}\r\n\r\ndata: {broken\r\n\r\n'  # noqa: E501
    assert Edit(Degradation()).piece(body, last=True) == body
    odd = b'{"choices" : [ ] }'
    assert Edit(Degradation()).whole(odd) == odd
    for nothing in (b"", b"[1]", b"{", b"\xff", b"[" * 100_000):
        assert Edit(Degradation()).whole(nothing) == nothing


def test_only_what_is_degraded_is_taken():
    said = {"choices": [{"message": {"content": "w", "reasoning": SECRET}, "logprobs": {"a": 1}}]}
    kept = whole(said, Degradation(strip_logprobs=False))
    assert kept["choices"][0]["logprobs"] == {"a": 1}
    assert kept["choices"][0]["message"]["reasoning"] == ""
    kept = whole(said, Degradation(hide_reasoning=False))
    assert kept["choices"][0]["logprobs"] is None
    assert kept["choices"][0]["message"]["reasoning"] == SECRET


words = st.lists(st.sampled_from(["<", "think", ">", "</", "a", "<think>", "</think>", " "]), max_size=20)


@given(words, st.integers(1, 5))
@settings(deadline=None)
def test_tags_are_found_however_a_text_is_cut(parts, size):
    text = "".join(parts)
    once, cut = Tags(), Tags()
    expected = once.feed(text) + once.rest()
    found = "".join(cut.feed(text[at : at + size]) for at in range(0, len(text), size)) + cut.rest()
    assert found == expected
    if "<think>" not in text:
        assert expected == text
