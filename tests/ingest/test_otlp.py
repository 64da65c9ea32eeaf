import pytest
from hypothesis import given
from hypothesis import strategies as st

from excise.errors import Unreadable
from excise.ingest.otlp import attributes_of, telemetry


def test_typed_values() -> None:
    typed = [
        {"key": "s", "value": {"stringValue": "x"}},
        {"key": "i", "value": {"intValue": "-7"}},
        {"key": "j", "value": {"intValue": 7}},
        {"key": "o", "value": {"intValue": "--7"}},
        {"key": "d", "value": {"doubleValue": 0.5}},
        {"key": "b", "value": {"boolValue": False}},
        {"key": "a", "value": {"arrayValue": {"values": [{"stringValue": "x"}, {"intValue": "1"}]}}},
        {"key": "m", "value": {"kvlistValue": {"values": [{"key": "k", "value": {"stringValue": "v"}}]}}},
        {"key": "n"},
        {"value": {"stringValue": "lost"}},
        5,
    ]
    assert attributes_of(typed) == {
        "s": "x",
        "i": -7,
        "j": 7,
        "o": "--7",
        "d": 0.5,
        "b": False,
        "a": ["x", 1],
        "m": {"k": "v"},
        "n": None,
    }


def test_the_records_own_attributes_count_before_the_resource() -> None:
    def named(value: str) -> list[object]:
        return [{"key": "user.id", "value": {"stringValue": value}}]

    span = {
        "traceId": "t",
        "spanId": "s",
        "startTimeUnixNano": "1759708800000000000",
        "attributes": named("span"),
    }
    line = {
        "resourceSpans": [
            {"resource": {"attributes": named("resource")}, "scopeSpans": [{"spans": [span, {}]}]}
        ]
    }
    one, bare = telemetry(line)
    assert (one.attributes["user.id"], one.span, one.started) == ("span", "t:s", 1759708800000000000)
    assert (bare.attributes["user.id"], bare.span, bare.started) == ("resource", None, None)


def test_a_log_records_time_is_its_own_before_when_it_was_seen() -> None:
    record = {"timeUnixNano": "0", "observedTimeUnixNano": "1759708800000000000"}
    (one,) = telemetry({"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]})
    assert one.started == 1759708800000000000


@pytest.mark.parametrize(
    "status", [{"code": 2}, {"code": "STATUS_CODE_ERROR"}, {"status_code": "ERROR"}, "ERROR"]
)
def test_a_failed_span(status: object) -> None:
    (one,) = telemetry({"attributes": {}, "status": status})
    assert one.failed


@pytest.mark.parametrize(
    "body",
    [
        '{"gen_ai.request.model": "m"}',
        {"gen_ai.request.model": "m"},
        {"stringValue": '{"gen_ai.request.model": "m"}'},
    ],
)
def test_a_body_may_hold_the_attributes(body: object) -> None:
    (one,) = telemetry({"attributes": {}, "body": body})
    assert one.attributes == {"gen_ai.request.model": "m"}


def test_a_plain_line_is_its_attributes() -> None:
    (one,) = telemetry({"time": "2025-10-06", "gen_ai.request.model": "m"})
    assert one.attributes["gen_ai.request.model"] == "m"
    assert one.started == "2025-10-06"


def test_lists_that_are_none_are_refused() -> None:
    with pytest.raises(Unreadable, match=r"^resourceSpans\[\]\.scopeSpans: expected a list, got int"):
        list(telemetry({"resourceSpans": [{"scopeSpans": 5}]}))


ANYTHING = st.recursive(
    st.none() | st.integers() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["key", "value", "stringValue", "intValue", "values", "arrayValue"]), inner
        )
    ),
    max_leaves=8,
)
NAMES = ["attributes", "body", "events", "status", "context", "resource", "traceState", "startTimeUnixNano"]


@given(st.dictionaries(st.sampled_from(NAMES), ANYTHING))
def test_any_record_is_taken_apart(record: dict[str, object]) -> None:
    for line in (
        record,
        {"resourceSpans": [{"resource": record, "scopeSpans": [{"spans": [record, 5]}, 5]}, 5]},
    ):
        for one in telemetry(line):
            assert isinstance(one.attributes, dict)
