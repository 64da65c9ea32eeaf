import msgspec
import pytest

from excise.errors import Unreadable
from excise.ingest.exchange import Exchange, Turn
from excise.ingest.formats.langfuse import Langfuse

ASKED = (Turn("user", "2+2?"),)


def all_of(**fields: object) -> list[Exchange]:
    record = {"id": "o", "type": "GENERATION", "traceId": "t", "startTime": "2025-10-06T00:00:00Z", **fields}
    return list(Langfuse().exchanges(msgspec.json.encode(record)))


def read(**fields: object) -> Exchange:
    (one,) = all_of(**fields)
    return one


@pytest.mark.parametrize("kind", ["SPAN", "EVENT", "TOOL", "AGENT"])
def test_other_observations_are_passed_over(kind: str) -> None:
    assert all_of(type=kind) == []


@pytest.mark.parametrize(
    "given",
    [
        [{"role": "user", "content": "2+2?"}],
        {"messages": [{"role": "user", "content": "2+2?"}]},
        '[{"role": "user", "content": "2+2?"}]',
        '{"messages": [{"role": "user", "content": "2+2?"}]}',
        "2+2?",
        {"role": "user", "content": "2+2?"},
    ],
)
def test_inputs(given: object) -> None:
    assert read(input=given).turns == ASKED


@pytest.mark.parametrize(
    "given",
    [
        "Four.",
        {"role": "assistant", "content": "Four."},
        '{"role": "assistant", "content": "Four."}',
        {"choices": [{"message": {"content": "Four."}}]},
        [{"role": "assistant", "content": "Four."}],
        {"completion": "Four."},
    ],
)
def test_outputs(given: object) -> None:
    assert read(output=given).reply == "Four."


@pytest.mark.parametrize(
    "usage",
    [
        {"usageDetails": {"input": 7, "output": 2}},
        {"usage_details": '{"input": 7, "output": 2}'},
        {"usage": {"input": 7, "output": 2, "unit": "TOKENS"}},
        {"usage": {"promptTokens": 7, "completionTokens": 2}},
        {"providedUsageDetails": {"input_tokens": 7, "output_tokens": 2}},
    ],
)
def test_usages(usage: dict[str, object]) -> None:
    found = read(**usage)
    assert (found.tokens_in, found.tokens_out) == (7, 2)


def test_both_spellings_say_the_same() -> None:
    snake = {
        "id": "o",
        "type": "GENERATION",
        "trace_id": "t",
        "start_time": "2025-10-06 00:00:00",
        "user_id": "ann",
        "provided_model_name": "m",
        "total_cost": 0.5,
        "session_id": "s",
    }
    (found,) = Langfuse().exchanges(msgspec.json.encode(snake))
    assert found == read(userId="ann", model="m", totalCost=0.5, sessionId="s")


def test_who_called_from_the_metadata() -> None:
    found = read(
        metadata={"client_ip": "::1", "attributes": {"user_agent.original": "curl"}, "user_id": "ann"}
    )
    assert (found.address, found.user_agent, found.user) == ("::1", "curl", "ann")
    assert read(metadata='{"ip": "::1"}').address == "::1"
    assert read(metadata=5).address is None


@pytest.mark.parametrize("mask", ["<masked>", "[REDACTED]", " *** "])
def test_masks(mask: str) -> None:
    found = read(input=mask, output=mask)
    assert (found.turns, found.reply, found.redacted) == (None, None, True)


def test_errors() -> None:
    found = read(level="ERROR", statusMessage="429 rate limit for ann")
    assert (found.outcome, found.error) == ("failure", "429 rate_limit")
    assert read(level="ERROR").error == "other"


def test_a_page_of_the_api() -> None:
    page = {
        "data": [{"id": n, "type": "GENERATION", "traceId": "t", "startTime": "2025-10-06"} for n in "ab"],
        "meta": {},
    }
    assert Langfuse.recognizes(page)
    found = list(Langfuse().exchanges(msgspec.json.encode(page)))
    assert [one.record_id for one in found] == ["a", "b"]


def test_no_time_no_exchange() -> None:
    with pytest.raises(Unreadable, match=r"^startTime: missing"):
        read(startTime=None)
