import pytest

from excise.errors import Unreadable
from excise.ingest.exchange import Turn
from excise.ingest.replies import Reply, count, reply_of, withheld
from excise.ingest.requests import Request

USED = (7, 2)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (
            {
                "choices": [
                    {"message": {"content": "Four."}, "finish_reason": "stop"},
                    {"message": {"content": "4"}},
                ],
                "usage": {"prompt_tokens": 7, "completion_tokens": 2},
            },
            "stop",
        ),
        (
            {
                "choices": [{"text": "Four.", "finish_reason": "length"}],
                "usage": {"prompt_tokens": 7, "completion_tokens": 2},
            },
            "length",
        ),
        (
            {
                "output": [
                    {"type": "reasoning"},
                    {"type": "message", "content": [{"type": "output_text", "text": "Four."}]},
                ],
                "status": "completed",
                "usage": {"input_tokens": 7, "output_tokens": 2},
            },
            "completed",
        ),
        (
            {
                "content": [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "Four."}],
                "stop_reason": "end_turn",
                "usage": {"input_tokens": 7, "output_tokens": 2},
            },
            "end_turn",
        ),
        (
            {
                "output": {"message": {"content": [{"text": "Four."}]}},
                "stopReason": "end_turn",
                "usage": {"inputTokens": 7, "outputTokens": 2},
            },
            "end_turn",
        ),
        (
            {
                "candidates": [
                    {"content": {"parts": [{"text": "Four."}], "role": "model"}, "finishReason": "STOP"}
                ],
                "usageMetadata": {"promptTokenCount": 7, "candidatesTokenCount": 2},
            },
            "STOP",
        ),
        (
            {
                "generation": "Four.",
                "prompt_token_count": 7,
                "generation_token_count": 2,
                "stop_reason": "stop",
            },
            "stop",
        ),
        (
            {
                "outputs": [{"text": "Four.", "stop_reason": "stop"}],
                "usage": {"input_tokens": 7, "output_tokens": 2},
            },
            "stop",
        ),
        (
            {
                "text": "Four.",
                "finish_reason": "COMPLETE",
                "meta": {"tokens": {"input_tokens": 7, "output_tokens": 2}},
            },
            "COMPLETE",
        ),
        (
            {
                "completions": [{"data": {"text": "Four."}}],
                "usage": {"prompt_tokens": 7, "completion_tokens": 2},
            },
            None,
        ),
    ],
)
def test_dialects_say_the_same(body: dict[str, object], reason: str | None) -> None:
    found = reply_of(body, "response")
    assert (found.text, found.finish_reason) == ("Four.", reason)
    assert (found.tokens_in, found.tokens_out) == USED


def test_titan() -> None:
    body = {"inputTextTokenCount": 7, "results": [{"outputText": "Four.", "completionReason": "FINISH"}]}
    found = reply_of(body, "response")
    assert (found.text, found.finish_reason, found.tokens_in) == ("Four.", "FINISH", 7)


def test_details_of_usage() -> None:
    usage = {
        "completion_tokens_details": {"reasoning_tokens": 0},
        "prompt_tokens_details": {"cached_tokens": 5},
    }
    found = reply_of({"choices": [], "usage": usage}, "response")
    assert (found.tokens_reasoning, found.tokens_cached) == (0, 5)
    assert reply_of({"content": [], "usage": {"cache_read_input_tokens": 3}}, "response").tokens_cached == 3


@pytest.mark.parametrize(
    "text",
    [
        '{"choices": 5}',
        '{"usage": {"prompt_tokens": "x"}}',
        '{"answer": 4}',
        "[1, 2]",
        "Four.",
        '{"role": "assistant", "content": 5}',
    ],
)
def test_a_model_that_answers_in_json_is_quoted(text: str) -> None:
    assert reply_of(text, "output") == Reply(text=text)


def test_a_body_in_a_string_is_read() -> None:
    assert reply_of('{"choices": [{"message": {"content": "Four."}}]}', "output").text == "Four."
    assert reply_of('{"role": "assistant", "content": "Four."}', "output").text == "Four."


def test_the_first_of_several_messages_of_telemetry_is_the_reply() -> None:
    output = [
        {"role": "assistant", "parts": [{"type": "text", "content": text}], "finish_reason": "stop"}
        for text in "ab"
    ]
    found = reply_of(output, "gen_ai.output.messages")
    assert (found.text, found.finish_reason) == ("a", "stop")


def test_a_reply_that_only_calls_a_tool() -> None:
    call = {"function": {"name": "add", "arguments": "{}"}}
    assert reply_of({"choices": [{"message": {"content": None, "tool_calls": [call]}}]}, "r").text == "add {}"


@pytest.mark.parametrize("body", [None, {}, [], ""])
def test_nothing(body: object) -> None:
    assert reply_of(body, "r").text in (None, "")


def test_errors_have_a_class() -> None:
    body = {"error": {"type": "rate_limit_error", "message": "slow down, ann"}}
    assert reply_of(body, "response").error == "rate_limit_error"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (5, "r: expected an object, got int"),
        ({"choices": 5}, "r.choices: expected a list, got int"),
        ({"choices": [5]}, r"r.choices\[0\]: expected an object, got int"),
        ({"text": 5}, "r.text: expected text, got int"),
        ({"usage": {"input_tokens": -1}}, "r.usage.input_tokens: expected a count, got -1"),
        ({"usage": {"input_tokens": "1"}}, "r.usage.input_tokens: expected a count, got str"),
        ({"usage": {"input_tokens": 10**400}}, "r.usage.input_tokens: expected a count, got 1000"),
    ],
)
def test_refusals_name_the_place(body: object, reason: str) -> None:
    with pytest.raises(Unreadable, match=f"^{reason}"):
        reply_of(body, "r")


def test_counts() -> None:
    assert (count(None, "x"), count(5, "x"), count(5.9, "x")) == (None, 5, 5)


def test_words_are_withheld_where_there_must_have_been_some() -> None:
    asked = Request(turns=(Turn("user", "hi"),))
    assert withheld(asked, Reply(), 5)
    assert not withheld(asked, Reply(), 0)
    assert not withheld(asked, Reply(), None)
    assert withheld(Request(), Reply(text="x"), 5)
