import pytest
from hypothesis import given
from hypothesis import strategies as st

from excise.ingest.exchange import Parameters
from excise.ingest.parameters import (
    alternatives,
    fraction,
    parameters,
    reasoning,
    response_format,
    stops,
    whole,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just(10**400),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["type", "effort"]), inner),
    max_leaves=4,
)
NAMES = st.sampled_from(
    [
        "temperature",
        "top_p",
        "n",
        "max_tokens",
        "seed",
        "logprobs",
        "top_logprobs",
        "stop",
        "tools",
        "response_format",
        "reasoning_effort",
        "reasoning",
        "thinking",
        "text",
        "toolConfig",
        "maxTokens",
    ]
)


@given(st.dictionaries(NAMES, JSON))
def test_whatever_a_caller_sends_is_read(said: dict[str, object]) -> None:
    found = parameters(said)
    for value in (found.n, found.max_tokens, found.logprobs, found.stops, found.tool_count):
        assert value is None or -(2**31) < value < 2**31
    for number in (found.temperature, found.top_p):
        assert number is None or abs(number) <= 1e6
    assert found.seed is None or abs(found.seed) < 2**63


def test_nothing_said() -> None:
    assert parameters({}) == Parameters() == parameters({"model": "m"})


def test_dialects() -> None:
    assert parameters({"maxTokens": 5, "topP": 0.5, "stopSequences": ["a", "b"]}) == Parameters(
        max_tokens=5, top_p=0.5, stops=2
    )
    assert parameters({"max_gen_len": 5}).max_tokens == 5
    assert parameters({"toolConfig": {"tools": [{"a": 1}]}}).tool_count == 1
    assert parameters({"text": {"format": {"type": "json_schema"}}}).response_format == "json_schema"


def test_tools_are_one_text_whatever_the_order_of_their_fields() -> None:
    one = parameters({"tools": [{"name": "a", "type": "function"}]})
    other = parameters({"tools": [{"type": "function", "name": "a"}]})
    assert one == other
    assert one.tool_count == 1


def test_texts_of_the_caller_are_made_safe() -> None:
    odd = "high\x1b[2J" + "x" * 100
    assert reasoning({"reasoning_effort": odd}) == ("high\\u001b[2J" + "x" * 32)
    assert response_format({"response_format": {"type": "a\x00"}}) == "a\\u0000"


def test_numbers() -> None:
    assert [whole(v) for v in (True, "5", float("nan"), 5.9)] == [None, None, None, 5]
    assert [fraction(v) for v in (True, "5", float("inf"), 2)] == [None, None, None, 2.0]


@pytest.mark.parametrize(
    ("asked", "top", "expected"),
    [(True, None, 0), (None, None, None), (None, 3, 3), (True, -4, 0), (False, 5, None)],
)
def test_alternatives(asked: object, top: object, expected: int | None) -> None:
    assert alternatives(asked, top) == expected


def test_the_smaller_readers() -> None:
    assert [stops(v) for v in (None, "", "a", ["a", "b"])] == [0, 0, 1, 2]
    assert reasoning({"reasoning": {"effort": "high"}}) == "high"
    assert response_format({"response_format": "text"}) == "text"
