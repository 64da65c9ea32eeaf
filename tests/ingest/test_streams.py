import pytest
from hypothesis import given
from hypothesis import strategies as st

from excise.errors import Unreadable
from excise.ingest.replies import reply_of
from excise.ingest.streams import METRICS, assembled, events

STREAMS = {
    "chat": [
        {"id": "c", "choices": [{"index": 0, "delta": {"role": "assistant", "content": "Fo"}}]},
        {"choices": [{"index": 1, "delta": {"content": "other"}}, {"index": 0, "delta": {"content": "ur."}}]},
        {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
        {"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 2}},
    ],
    "completion": [
        {"choices": [{"index": 0, "text": "Fo"}]},
        {
            "choices": [{"index": 0, "text": "ur.", "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 7, "completion_tokens": 2},
        },
    ],
    "responses, unfinished": [
        {"type": "response.output_text.delta", "delta": "Fo"},
        {"type": "response.output_text.delta", "delta": "ur."},
        {"type": "x", "stop_reason": "stop", "usage": {"input_tokens": 7, "output_tokens": 2}},
    ],
    "anthropic": [
        {"type": "message_start", "message": {"id": "m", "usage": {"input_tokens": 7, "output_tokens": 1}}},
        {"type": "content_block_delta", "delta": {"type": "thinking_delta", "thinking": "hm"}},
        {"type": "content_block_delta", "delta": {"type": "text_delta", "text": "Fo"}},
        {"type": "content_block_delta", "delta": {"type": "text_delta", "text": "ur."}},
        {"type": "message_delta", "delta": {"stop_reason": "stop"}, "usage": {"output_tokens": 2}},
    ],
    "converse": [
        {"contentBlockDelta": {"delta": {"text": "Fo"}}},
        {"contentBlockDelta": {"delta": {"text": "ur."}}},
        {"messageStop": {"stopReason": "stop"}},
        {"metadata": {"usage": {"inputTokens": 7, "outputTokens": 2}}},
    ],
    "converse, flattened": [
        {"delta": {"text": "Fo"}, "contentBlockIndex": 0},
        {"delta": {"text": "ur."}, "contentBlockIndex": 0},
        {"stopReason": "stop"},
        {"usage": {"inputTokens": 7, "outputTokens": 2}},
    ],
    "titan": [
        {"outputText": "Fo", "index": 0},
        {
            "outputText": "ur.",
            "completionReason": "stop",
            METRICS: {"inputTokenCount": 7, "outputTokenCount": 2},
        },
    ],
    "llama": [
        {"generation": "Fo"},
        {"generation": "ur.", "stop_reason": "stop", METRICS: {"inputTokenCount": 7, "outputTokenCount": 2}},
    ],
    "mistral": [
        {"outputs": [{"text": "Fo"}]},
        {
            "outputs": [{"text": "ur.", "stop_reason": "stop"}],
            METRICS: {"inputTokenCount": 7, "outputTokenCount": 2},
        },
    ],
    "gemini": [
        {"candidates": [{"content": {"parts": [{"text": "Fo"}]}}]},
        {
            "candidates": [{"content": {"parts": [{"text": "ur."}]}, "finishReason": "stop"}],
            "usageMetadata": {"promptTokenCount": 7, "candidatesTokenCount": 2},
        },
    ],
}


@pytest.mark.parametrize("dialect", STREAMS)
def test_every_dialect_is_put_together(dialect: str) -> None:
    reply = reply_of(STREAMS[dialect], "response")
    assert (reply.text, reply.finish_reason, reply.tokens_in, reply.tokens_out) == ("Four.", "stop", 7, 2)


@pytest.mark.parametrize("dialect", STREAMS)
def test_a_stream_that_was_cut_off_gives_its_beginning(dialect: str) -> None:
    cut = [chunk for chunk in STREAMS[dialect] if "ur." not in str(chunk)][:-1] or STREAMS[dialect][:1]
    assert (reply_of(cut, "response").text or "") in ("", "Fo")


def test_a_complete_response_counts_and_not_its_deltas() -> None:
    whole = {"output": [{"type": "message", "content": [{"type": "output_text", "text": "Four."}]}]}
    chunks = [
        {"type": "response.output_text.delta", "delta": "Fo"},
        {"type": "response.completed", "response": whole},
    ]
    assert reply_of(chunks, "response").text == "Four."


def test_tool_calls_in_streams() -> None:
    chat = [
        {"choices": [{"delta": {"tool_calls": [{"function": {"name": "add", "arguments": ""}}]}}]},
        {"choices": [{"delta": {"tool_calls": [{"function": {"arguments": '{"a":1}'}}]}}]},
    ]
    anthropic = [
        {"type": "content_block_start", "content_block": {"type": "tool_use", "name": "add", "input": {}}},
        {"type": "content_block_delta", "delta": {"type": "input_json_delta", "partial_json": '{"a":1}'}},
    ]
    for chunks in (chat, anthropic):
        assert reply_of(chunks, "response").text == 'add {"a":1}'


def test_latencies_of_bedrock() -> None:
    reply = reply_of(
        [{"generation": "x", METRICS: {"firstByteLatency": 400, "invocationLatency": 900}}], "response"
    )
    assert (reply.first_token_ms, reply.duration_ms) == (400.0, 900.0)


def test_server_sent_events() -> None:
    text = 'event: x\r\ndata: {"choices":[{"delta":{"content":"Four."}}]}\r\n\r\ndata: [DONE]\n\ndata: {"cut'
    assert reply_of(text, "response").text == "Four."
    assert events("data is what I want") is None
    assert events("data: not json") is None


def test_a_chunk_that_is_none_is_refused() -> None:
    with pytest.raises(Unreadable, match=r"^r\[1\]: expected a chunk, got int"):
        assembled([{}, 5], "r")


ANYTHING = st.recursive(
    st.none() | st.integers() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(
                ["delta", "type", "choices", "usage", "message", "text", "content", "parts", METRICS]
            ),
            inner,
        )
    ),
    max_leaves=8,
)


@given(
    st.lists(
        st.dictionaries(st.sampled_from(["delta", "choices", "usage", "message", "content_block"]), ANYTHING)
    )
)
def test_any_chunks_are_put_together(chunks: list[object]) -> None:
    assert isinstance(assembled(chunks, "r")["content"], str)
