import pytest

from excise.errors import Unreadable
from excise.ingest.exchange import Parameters, Turn
from excise.ingest.requests import Request, operation_of, request_of

ASKED = (Turn("system", "Be brief."), Turn("user", "2+2?"))


@pytest.mark.parametrize(
    "body",
    [
        {"messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "2+2?"}]},
        {"instructions": "Be brief.", "input": "2+2?"},
        {
            "instructions": "Be brief.",
            "input": [{"role": "user", "content": [{"type": "input_text", "text": "2+2?"}]}],
        },
        {"system": "Be brief.", "messages": [{"role": "user", "content": "2+2?"}]},
        {
            "system": [{"type": "text", "text": "Be brief."}],
            "messages": [{"role": "user", "content": "2+2?"}],
        },
        {
            "systemInstruction": {"parts": [{"text": "Be brief."}]},
            "contents": [{"role": "user", "parts": [{"text": "2+2?"}]}],
        },
        {"preamble": "Be brief.", "message": "2+2?"},
        {"system": [{"text": "Be brief."}], "messages": [{"role": "user", "content": [{"text": "2+2?"}]}]},
    ],
)
def test_dialects_say_the_same(body: dict[str, object]) -> None:
    assert request_of(body, "request").turns == ASKED


@pytest.mark.parametrize(
    ("body", "turns"),
    [
        ({"prompt": "Once"}, (Turn("user", "Once"),)),
        ({"prompt": ["Once", "Twice"]}, (Turn("user", "Once"), Turn("user", "Twice"))),
        ({"prompt": [17, 42]}, None),
        ({"inputText": "Once"}, (Turn("user", "Once"),)),
        ({"input": "[1, 2]"}, (Turn("user", "[1, 2]"),)),
        ({"input": ["a", "b"]}, (Turn("user", "a"), Turn("user", "b"))),
        ({"messages": []}, None),
        ({}, None),
    ],
)
def test_other_prompts(body: dict[str, object], turns: tuple[Turn, ...] | None) -> None:
    assert request_of(body, "request").turns == turns


@pytest.mark.parametrize(
    "body",
    [
        {"temperature": 0.5, "max_tokens": 9},
        {"inferenceConfig": {"temperature": 0.5, "maxTokens": 9}},
        {"textGenerationConfig": {"temperature": 0.5, "maxTokenCount": 9}},
        {"generationConfig": {"temperature": 0.5, "max_output_tokens": 9}},
    ],
)
def test_parameters_wherever_they_are(body: dict[str, object]) -> None:
    assert request_of(body, "request").parameters == Parameters(temperature=0.5, max_tokens=9)


def test_who_and_which_conversation() -> None:
    found = request_of({"model": "m", "user": "u", "stream": True, "conversation": {"id": "c"}}, "request")
    assert (found.model, found.end_user, found.stream, found.session) == ("m", "u", True, "c")
    assert request_of({"metadata": {"user_id": "u", "session_id": "s"}}, "r") == Request(
        end_user="u", session="s"
    )


def test_what_a_caller_may_set_to_anything_is_passed_over() -> None:
    odd = {"model": 5, "user": [], "stream": "yes", "conversation": 5, "metadata": 7, "input": "x"}
    assert request_of(odd, "r") == Request(turns=(Turn("user", "x"),))


def test_refusals_name_the_place() -> None:
    with pytest.raises(Unreadable, match=r"^request\.messages\[0\]\.content: expected text"):
        request_of({"messages": [{"content": 5}]}, "request")


@pytest.mark.parametrize(
    ("path", "operation"),
    [
        ("/v1/completions", "completion"),
        ("/v1/chat/completions", "chat"),
        ("/v1/responses", "responses"),
        ("/v1/embeddings", "embedding"),
        ("/v1beta/models/x:streamGenerateContent", None),
        ("/v1beta/models/x:generateContent", "chat"),
        ("", None),
        (None, None),
    ],
)
def test_operations(path: str | None, operation: str | None) -> None:
    assert operation_of(path) == operation
