import msgspec
import pytest

from excise.errors import Unreadable
from excise.ingest.exchange import Exchange, Turn
from excise.ingest.formats.openai import OpenAI

ASKED = {"model": "m", "messages": [{"role": "user", "content": "2+2?"}]}
ANSWERED = {
    "id": "c",
    "created": 1759708800,
    "choices": [{"finish_reason": "stop", "message": {"role": "assistant", "content": "Four."}}],
}


def read(**fields: object) -> Exchange:
    (one,) = OpenAI().exchanges(msgspec.json.encode(fields))
    return one


@pytest.mark.parametrize(
    "envelope",
    [
        {"request": ASKED, "response": ANSWERED},
        {"request_body": ASKED, "response_body": ANSWERED},
        {"request": msgspec.json.encode(ASKED).decode(), "response": msgspec.json.encode(ANSWERED).decode()},
        {
            "request": {"url": "/v1/chat/completions", "body": ASKED},
            "response": {"status": 200, "body": ANSWERED},
        },
        {"custom_id": "c", "body": ASKED, "response": {"status_code": 200, "body": ANSWERED}, "error": None},
    ],
)
def test_envelopes(envelope: dict[str, object]) -> None:
    found = read(**envelope)
    assert (found.turns, found.reply, found.model) == ((Turn("user", "2+2?"),), "Four.", "m")
    assert (found.record_id, found.started_at_s, found.outcome) == ("c", 1759708800.0, "success")
    record = msgspec.json.decode(msgspec.json.encode(envelope))
    assert OpenAI.recognizes(record)


@pytest.mark.parametrize("field", ["account_id", "account", "user_id", "user", "request_user_id"])
def test_names_of_the_account(field: str) -> None:
    assert read(request=ASKED, response=ANSWERED, **{field: "ann"}).user == "ann"
    assert read(request=ASKED, response=ANSWERED, **{field: 17}).user == "17"


@pytest.mark.parametrize("field", ["timestamp", "created_at", "started_at", "start_time", "time", "ts"])
def test_names_of_the_time_go_before_the_replys(field: str) -> None:
    assert read(request=ASKED, response=ANSWERED, **{field: 1759708700}).started_at_s == 1759708700.0


def test_durations() -> None:
    assert read(request=ASKED, response=ANSWERED, latency_ms=250).ended_at_s == 1759708800.25
    assert (
        read(request=ASKED, response=ANSWERED, latency_ms=250, ended_at=1759708801).ended_at_s == 1759708801.0
    )


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"status_code": 429}, "429"),
        ({"status": "500"}, "500"),
        ({"status": "failed"}, "other"),
        ({"error": "quota exceeded"}, "budget"),
        ({"error": {"type": "invalid_request_error", "message": "x"}}, "invalid_request_error"),
        ({"response": {"status": 503, "body": "upstream unavailable"}}, "503"),
        ({"response": {"error": {"code": 429, "message": "slow down"}}}, "429"),
    ],
)
def test_failures(fields: dict[str, object], error: str) -> None:
    found = read(**{"timestamp": 1759708800, "request": ASKED, **fields})
    assert (found.outcome, found.error) == ("failure", error)


def test_keys_become_pseudonyms() -> None:
    found = read(request=ASKED, response=ANSWERED, api_key="sk-live-0123456789abcdefghij")
    assert found.api_key == "key:a85671ed61594b4696afcf1d7ebd24a9"


def test_a_reply_that_is_not_kept_is_withheld() -> None:
    counted = {"created": 1759708800, "choices": [], "usage": {"completion_tokens": 5}}
    assert read(request=ASKED, response=counted).redacted


def test_nothing_to_read() -> None:
    with pytest.raises(Unreadable, match=r"^request: missing"):
        read(timestamp=1759708800)
    with pytest.raises(Unreadable, match=r"^timestamp: missing"):
        read(request=ASKED)


@pytest.mark.parametrize(
    "record",
    [
        {"request": {"messages": []}},
        {"request": None},
        {"body": {"model": "m"}},
        {"request": "x", "body": ASKED},
    ],
)
def test_what_is_not_recognized(record: dict[str, object]) -> None:
    assert not OpenAI.recognizes(record)
