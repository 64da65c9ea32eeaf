import pytest
from hypothesis import given
from hypothesis import strategies as st

from excise.errors import Unreadable
from excise.ingest.exchange import Turn
from excise.ingest.words import ROLES, conversation, turn

PART = st.dictionaries(
    st.sampled_from(
        ["type", "text", "content", "input", "function", "thinking", "signature", "toolResult", "json"]
    ),
    st.recursive(
        st.none()
        | st.integers()
        | st.text(max_size=5)
        | st.sampled_from(["tool_result", "image", "thinking"]),
        lambda inner: (
            st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["content", "text"]), inner)
        ),
        max_leaves=4,
    ),
)


@given(
    st.lists(
        st.fixed_dictionaries(
            {"role": st.sampled_from(sorted(ROLES)), "content": st.lists(PART, max_size=3)}
        ),
        max_size=3,
    )
)
def test_any_parts_are_read_or_refused_by_place(messages: list[object]) -> None:
    try:
        found = conversation(messages, "messages").turns
    except Unreadable as error:
        found = str(error)
    if isinstance(found, str):
        assert found.startswith("messages[")
    else:
        assert all(isinstance(one.text, str) and one.role in ROLES.values() for one in found)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ({"role": "HUMAN", "content": "hi"}, Turn("user", "hi")),
        ({"role": "wizard", "content": "hi"}, Turn("user", "hi")),
        ({"content": None}, Turn("user", "")),
        ("hi", Turn("user", "hi")),
        ({"role": "model", "parts": [{"text": "a"}, {"text": "b"}]}, Turn("assistant", "a\nb")),
        (
            {"role": "user", "content": [{"type": "image", "data": "AA=="}, "see"]},
            Turn("user", "[image]\nsee"),
        ),
        ({"role": "user", "content": [{"type": "new_kind"}]}, Turn("user", "[new_kind]")),
        ({"role": "user", "content": [{"document": {}}]}, Turn("user", "[document]")),
        ({"role": "assistant", "content": [{"type": "refusal", "refusal": "No."}]}, Turn("assistant", "No.")),
        (
            {
                "role": "assistant",
                "content": "ok",
                "tool_calls": [{"function": {"name": "f", "arguments": "{}"}}],
            },
            Turn("assistant", "ok\nf {}"),
        ),
        ({"role": "assistant", "function_call": {"name": "f", "arguments": "{}"}}, Turn("assistant", "f {}")),
        (
            {"role": "assistant", "content": [{"type": "tool_use", "name": "f", "input": {"a": 1}}]},
            Turn("assistant", 'f {"a":1}'),
        ),
        (
            {"role": "user", "content": [{"type": "tool_result", "content": [{"text": "4"}]}]},
            Turn("tool", "4"),
        ),
        (
            {"role": "user", "content": [{"toolResult": {"content": [{"json": {"a": 1}}]}}]},
            Turn("tool", '{"a":1}'),
        ),
        (
            {"role": "user", "content": [{"type": "tool_result", "content": "4"}, {"text": "so?"}]},
            Turn("user", "4\nso?"),
        ),
        ({"type": "function_call", "name": "f", "arguments": "{}"}, Turn("assistant", "f {}")),
        ({"type": "function_call_output", "output": "4"}, Turn("tool", "4")),
        (
            {"role": "tool", "parts": [{"type": "tool_call_response", "response": {"a": 1}}]},
            Turn("tool", '{"a":1}'),
        ),
    ],
)
def test_messages(message: object, expected: Turn) -> None:
    assert turn(message, "m", []) == expected


@pytest.mark.parametrize(
    "block",
    [
        {"type": "thinking", "thinking": "secret thought", "signature": "SIG"},
        {"type": "redacted_thinking", "data": "SIG"},
        {"reasoningContent": {"reasoningText": {"text": "secret thought", "signature": "SIG"}}},
        {"reasoningContent": {"redactedContent": "SIG"}},
        {"type": "reasoning", "encrypted_content": "SIG", "summary": [{"text": "secret thought"}]},
    ],
)
def test_thinking_leaves_its_signature_and_no_word(block: dict[str, object]) -> None:
    found = conversation([{"role": "assistant", "content": [block, {"type": "text", "text": "Four."}]}], "m")
    assert found == ((Turn("assistant", "Four."),), ("SIG",))


def test_a_reasoning_item_is_no_turn() -> None:
    found = conversation(
        [{"type": "reasoning", "encrypted_content": "SIG"}, {"role": "user", "content": "hi"}], "m"
    )
    assert found == ((Turn("user", "hi"),), ("SIG",))


def test_thinking_blocks_beside_the_content() -> None:
    message = {
        "role": "assistant",
        "content": "x",
        "thinking_blocks": [{"signature": "A"}, 5, {"signature": "B"}],
    }
    assert conversation([message], "m").signatures == ("A", "B")


@pytest.mark.parametrize("nothing", [None, "", "{}", "[]", [], {}])
def test_nothing(nothing: object) -> None:
    assert conversation(nothing, "m") == ((), ())


@pytest.mark.parametrize("text", ['{"a": 1}', "[1, 2]", '["a"]', "[not json", "{", "plain"])
def test_a_prompt_that_is_json_is_a_prompt(text: str) -> None:
    assert conversation(text, "m").turns == (Turn("user", text),)


@pytest.mark.parametrize(
    ("messages", "reason"),
    [
        (5, "m: expected a list of messages, got int"),
        ([5], r"m\[0\]: expected a message, got int"),
        ([{"role": 5, "content": "x"}], r"m\[0\].role: expected text, got int"),
        ([{"content": [{"text": 5}]}], r"m\[0\].content\[0\].text: expected text, got int"),
        ([{"content": [5]}], r"m\[0\].content\[0\]: expected a part, got int"),
    ],
)
def test_refusals_name_the_place(messages: object, reason: str) -> None:
    with pytest.raises(Unreadable, match=f"^{reason}$"):
        conversation(messages, "m")
