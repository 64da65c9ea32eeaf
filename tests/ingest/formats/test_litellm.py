import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from excise.errors import Unreadable
from excise.ingest.exchange import Exchange, Turn
from excise.ingest.formats.litellm import LiteLLM

PLAIN = {
    "id": "r",
    "call_type": "acompletion",
    "startTime": 1759708800.5,
    "status": "success",
    "completion_tokens": 3,
    "metadata": {"user_api_key_user_id": "ann"},
    "model_parameters": {"temperature": 0.5},
    "messages": [{"role": "user", "content": "hi"}],
    "response": {
        "choices": [{"finish_reason": "stop", "message": {"role": "assistant", "content": "Hello."}}]
    },
}


def read(**fields: object) -> Exchange:
    (one,) = LiteLLM().exchanges(msgspec.json.encode({**PLAIN, **fields}))
    return one


def test_both_ways_of_decoding_agree() -> None:
    """What the long way decodes of a plain line, forced by a field that is no plain one, is the same."""
    long = read(model_parameters={"temperature": 0.5, "frequency_penalty": 0.0})
    assert long == read()


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "temperature": st.none() | st.floats(-1e300, 1e300),
            "top_p": st.none() | st.floats(0, 1),
            "n": st.none() | st.integers(-(2**70), 2**70),
            "max_tokens": st.none() | st.integers(0, 2**40),
            "logprobs": st.none() | st.booleans(),
            "top_logprobs": st.none() | st.integers(0, 20),
            "stop": st.none() | st.text(max_size=3) | st.lists(st.text(max_size=3), max_size=3),
            "stream": st.none() | st.booleans(),
        },
    )
)
def test_both_ways_read_parameters_alike(said: dict[str, object]) -> None:
    assert read(model_parameters=said) == read(model_parameters={**said, "frequency_penalty": 0.0})


@pytest.mark.parametrize("role", ["developer", "USER", "wizard", "function"])
def test_both_ways_read_roles_alike(role: str) -> None:
    messages = [{"role": role, "content": "hi"}]
    assert read(messages=messages) == read(messages=[{**messages[0], "name": "x"}])


@pytest.mark.parametrize("messages", [None, [], "", "[]", "{}"])
def test_no_messages(messages: object) -> None:
    found = read(messages=messages)
    assert (found.turns, found.redacted) == (None, True)


@pytest.mark.parametrize("response", [None, "", {}, "{}", {"choices": []}])
def test_no_reply_where_there_must_have_been_one_is_withheld(response: object) -> None:
    found = read(response=response)
    assert (found.reply, found.redacted) == (None, True)
    assert not read(response=response, completion_tokens=0).redacted


def test_redaction() -> None:
    hidden = [{"role": "user", "content": "redacted-by-litellm"}]
    found = read(messages=hidden, response={"text": "redacted-by-litellm"})
    assert (found.turns, found.reply, found.redacted) == (None, None, True)
    # a caller who writes the marker into one message of several hides nothing
    assert read(messages=[*hidden, {"role": "user", "content": "hi"}]).turns is not None


@pytest.mark.parametrize(
    "text",
    [
        "begin ... (litellm_truncated 12982 chars) ... end",
        "begin...truncated by litellm, this logger does not support large content",
    ],
)
def test_marks_of_truncation(text: str) -> None:
    assert read(messages=[{"role": "user", "content": text}]).truncated
    assert read(response={"choices": [{"message": {"content": text}}]}).truncated
    assert not read().truncated


def test_rows_of_the_database() -> None:
    row = {
        "request_id": "q",
        "call_type": "aresponses",
        "startTime": "2025-10-06T00:00:00.250Z",
        "api_key": "hash",
        "user": "ann",
        "team_id": "t",
        "organization_id": "o",
        "end_user": "e",
        "spend": 0.5,
        "session_id": "s",
        "metadata": '{"user_agent": "curl"}',
        "messages": '[{"role": "user", "content": "hi"}]',
        "response": '{"output": [{"type": "message", "content": [{"type": "text", "text": "Hello."}]}]}',
        "requester_ip_address": "::1",
    }
    (found,) = LiteLLM().exchanges(msgspec.json.encode(row))
    assert (found.record_id, found.user, found.team, found.organization) == ("q", "ann", "t", "o")
    assert (found.api_key, found.end_user, found.session, found.address) == ("hash", "e", "s", "::1")
    assert (found.turns, found.reply, found.cost_usd) == ((Turn("user", "hi"),), "Hello.", 0.5)
    assert (found.user_agent, found.operation, found.started_at_s) == ("curl", "responses", 1759708800.25)


def test_parameters_of_rows_come_from_the_request_that_was_proxied() -> None:
    body = {"messages": [{"role": "user", "content": "hi"}], "temperature": 0.25, "stream": True}
    for sent in (body, msgspec.json.encode(body).decode(), {"body": body, "headers": {"authorization": "x"}}):
        found = read(messages="{}", model_parameters=None, proxy_server_request=sent)
        assert (found.parameters.temperature, found.stream) == (0.25, True)
        assert found.turns == (Turn("user", "hi"),)


def test_the_session_is_not_the_record() -> None:
    assert read(trace_id="r").session is None
    assert read(trace_id="s").session == "s"


@pytest.mark.parametrize("field", ["end_user", "trace_id", "session_id", "request_tags"])
@pytest.mark.parametrize("value", [5, [], {"a": 1}, True, [5]])
def test_what_a_caller_may_set_never_hides_the_record(field: str, value: object) -> None:
    assert read(**{field: value}).user == "ann"


def test_user_agents_from_tags() -> None:
    tags = ["User-Agent: litellm", "User-Agent: litellm/1.48.2", "other"]
    assert read(request_tags=tags).user_agent == "litellm/1.48.2"
    assert read(request_tags=msgspec.json.encode(tags).decode()).user_agent == "litellm/1.48.2"


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"status": "failure", "error_str": "403 account suspended"}, "403 suspended"),
        (
            {
                "status": "failure",
                "error_information": {"error_class": "RateLimitError", "error_code": "429"},
            },
            "RateLimitError 429",
        ),
        ({"status": None, "error_str": "boom"}, "other"),
        ({"status": "failure"}, None),
    ],
)
def test_failures(fields: dict[str, object], error: str | None) -> None:
    found = read(**fields)
    assert (found.outcome, found.error) == ("failure", error)


def test_usage_details_from_the_response_or_the_metadata() -> None:
    usage = {
        "completion_tokens_details": {"reasoning_tokens": 7},
        "prompt_tokens_details": {"cached_tokens": 5},
    }
    for found in (
        read(response={**PLAIN["response"], "usage": usage}),
        read(metadata={"usage_object": usage}),
        read(response={**PLAIN["response"], "usage": usage}, messages='[{"role": "user", "content": "hi"}]'),
    ):
        assert (found.tokens_reasoning, found.tokens_cached) == (7, 5)


def test_no_start_no_exchange() -> None:
    with pytest.raises(Unreadable, match=r"^startTime: missing"):
        read(startTime=None)
