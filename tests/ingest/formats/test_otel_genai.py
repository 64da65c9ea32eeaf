import msgspec
import pytest

from excise.errors import Unreadable
from excise.ingest.exchange import Exchange, Turn
from excise.ingest.formats.otel_genai import OtelGenAI

ASKED = (Turn("user", "2+2?"),)
MESSAGES = [{"role": "user", "parts": [{"type": "text", "content": "2+2?"}]}]
ANSWER = [{"role": "assistant", "parts": [{"type": "text", "content": "Four."}], "finish_reason": "stop"}]


def all_of(attributes: dict[str, object], **fields: object) -> list[Exchange]:
    record = {
        "start_time": "2025-10-06T00:00:00Z",
        "attributes": {"gen_ai.request.model": "m", **attributes},
        **fields,
    }
    return list(OtelGenAI().exchanges(msgspec.json.encode(record)))


def read(attributes: dict[str, object], **fields: object) -> Exchange:
    (one,) = all_of(attributes, **fields)
    return one


@pytest.mark.parametrize("operation", ["execute_tool", "invoke_agent", "create_agent", "invoke_workflow"])
def test_other_spans_are_passed_over(operation: str) -> None:
    assert all_of({"gen_ai.operation.name": operation}) == []


@pytest.mark.parametrize(
    "attributes",
    [
        {"gen_ai.input.messages": MESSAGES, "gen_ai.output.messages": ANSWER},
        {
            "gen_ai.input.messages": msgspec.json.encode(MESSAGES).decode(),
            "gen_ai.output.messages": msgspec.json.encode(ANSWER).decode(),
        },
        {"gen_ai.prompt": "2+2?", "gen_ai.completion": "Four."},
        {
            "gen_ai.prompt": '[{"role": "user", "content": "2+2?"}]',
            "gen_ai.completion": '[{"role": "assistant", "content": "Four."}]',
        },
        {
            "gen_ai.prompt.0.role": "user",
            "gen_ai.prompt.0.content": "2+2?",
            "gen_ai.completion.0.role": "assistant",
            "gen_ai.completion.0.content": "Four.",
        },
        {
            "llm.input_messages.0.message.role": "user",
            "llm.input_messages.0.message.content": "2+2?",
            "llm.output_messages.0.message.content": "Four.",
        },
    ],
)
def test_words_by_all_their_names(attributes: dict[str, object]) -> None:
    found = read(attributes)
    assert (found.turns, found.reply, found.redacted) == (ASKED, "Four.", False)


@pytest.mark.parametrize(
    "events",
    [
        [
            {"name": "gen_ai.user.message", "attributes": {"content": "2+2?"}},
            {"name": "gen_ai.choice", "attributes": {"message": {"content": "Four."}}},
        ],
        [
            {
                "name": "gen_ai.content.prompt",
                "attributes": {"gen_ai.prompt": '[{"role": "user", "content": "2+2?"}]'},
            },
            {"name": "gen_ai.content.completion", "attributes": {"gen_ai.completion": "Four."}},
        ],
        [
            {
                "name": "gen_ai.client.inference.operation.details",
                "attributes": {"gen_ai.input.messages": MESSAGES, "gen_ai.output.messages": ANSWER},
            }
        ],
    ],
)
def test_words_in_events_of_the_span(events: list[object]) -> None:
    found = read({}, events=events)
    assert (found.turns, found.reply) == (ASKED, "Four.")


def test_no_words_are_withheld_words() -> None:
    assert read({}).redacted


@pytest.mark.parametrize(
    ("attributes", "tokens"),
    [
        ({"gen_ai.usage.input_tokens": 7, "gen_ai.usage.output_tokens": 2}, (7, 2)),
        ({"gen_ai.usage.prompt_tokens": 7, "gen_ai.usage.completion_tokens": 2}, (7, 2)),
        ({"llm.token_count.prompt": 7, "llm.token_count.completion": 2}, (7, 2)),
    ],
)
def test_tokens_by_all_their_names(attributes: dict[str, object], tokens: tuple[int, int]) -> None:
    found = read(attributes)
    assert (found.tokens_in, found.tokens_out) == tokens


def test_a_span_and_its_event_are_one_record() -> None:
    ids = {"trace_id": "t", "span_id": "s"}
    assert read({}, **ids).record_id == "t:s"
    assert read({}, context=ids).record_id == "t:s"
    assert read({"gen_ai.response.id": "c"}).record_id == "c"
    assert read({}).record_id.startswith("line:")


@pytest.mark.parametrize(
    ("state", "rate"),
    [
        ("ot=th:8", 0.5),
        ("vendor=x,ot=rv:ab;th:c", 0.25),
        ("ot=th:0", 1.0),
        ("ot=th:ffffffffffffff", 2**-56),
        ("ot=th:zz", 1.0),
        ("ot=th:", 1.0),
        ("ot=th:ffffffffffffffffff", 1.0),
        ("", 1.0),
    ],
)
def test_sampling_rates(state: str, rate: float) -> None:
    assert read({}, trace_state=state).sampling_rate == rate
    assert read({}, trace_state=state).sampling_rate > 0


def test_a_rate_of_ones_own() -> None:
    assert read({"sampling.rate": 0.1}).sampling_rate == 0.1
    assert read({"sampling.rate": 0}).sampling_rate == 1.0


def test_who_called() -> None:
    found = read(
        {"enduser.id": "ann", "client.address": "::1", "user_agent.original": "curl", "tls.client.ja3": "j"}
    )
    assert (found.user, found.address, found.user_agent, found.tls) == ("ann", "::1", "curl", "j")


def test_failures() -> None:
    assert read({"error.type": "timeout"}).error == "timeout"
    assert read({}, status={"status_code": "ERROR"}).error == "other"


def test_parameters_from_both_conventions() -> None:
    found = read(
        {"llm.invocation_parameters": '{"temperature": 0.5, "n": 2}', "gen_ai.request.temperature": 0.25}
    )
    assert (found.parameters.temperature, found.parameters.n) == (0.25, 2)


def test_a_batch_gives_its_good_records() -> None:
    def span(at: str) -> dict[str, object]:
        named = [{"key": "gen_ai.request.model", "value": {"stringValue": "m"}}]
        return {"startTimeUnixNano": at, "attributes": named}

    line = {"resourceSpans": [{"scopeSpans": [{"spans": [span("5"), span("1759708800000000000")]}]}]}
    found = OtelGenAI().exchanges(msgspec.json.encode(line))
    assert next(found).started_at_s == 1759708800.0
    with pytest.raises(Unreadable, match=r"^1 of 2 records: startTimeUnixNano: 5 lies outside"):
        next(found)
