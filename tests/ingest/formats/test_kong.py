import msgspec
import pytest

from excise.errors import Unreadable
from excise.ingest.exchange import Exchange, Turn
from excise.ingest.formats.kong import Kong

PROXY = {"meta": {"request_model": "m"}, "usage": {"prompt_tokens": 7, "completion_tokens": 2}}


def all_of(**fields: object) -> list[Exchange]:
    record = {"started_at": 1759708800000, "latencies": {}, "request": {}, "ai": {"proxy": PROXY}, **fields}
    return list(Kong().exchanges(msgspec.json.encode(record)))


def read(**fields: object) -> Exchange:
    (one,) = all_of(**fields)
    return one


@pytest.mark.parametrize("ai", [None, {}, {"proxy": None}])
def test_other_traffic_is_passed_over(ai: object) -> None:
    assert all_of(ai=ai) == []


def test_other_plugins_beside_the_proxy() -> None:
    assert read(ai={"cache": {"meta": {}}, "proxy": PROXY}).model == "m"
    assert read(ai={"ai-proxy-advanced": PROXY}).model == "m"


@pytest.mark.parametrize(
    ("consumer", "user"),
    [
        ({"id": "i", "username": "u", "custom_id": "c"}, "c"),
        ({"id": "i", "username": "u"}, "u"),
        ({"id": "i"}, "i"),
        (None, "e"),
    ],
)
def test_consumers(consumer: object, user: str) -> None:
    found = read(consumer=consumer, authenticated_entity={"id": "k", "consumer_id": "e"})
    assert (found.user, found.api_key) == (user, "k")


def test_headers_that_are_read_and_no_other() -> None:
    headers = {
        "user-agent": ["curl", "x"],
        "authorization": "Bearer sk-live-0123456789abcdefghij",
        "x-ja4": "t",
    }
    found = read(request={"headers": headers})
    assert (found.user_agent, found.tls) == ("curl", "t")
    assert b"sk-live" not in msgspec.json.encode(found)


def test_payloads_as_text_or_as_objects() -> None:
    asked = {"messages": [{"role": "user", "content": "2+2?"}], "n": 3}
    answered = {"choices": [{"message": {"content": "Four."}}]}
    for payload in (
        {"request": asked, "response": answered},
        {"request": msgspec.json.encode(asked).decode(), "response": msgspec.json.encode(answered).decode()},
    ):
        found = read(ai={"proxy": {**PROXY, "payload": payload}})
        assert (found.turns, found.reply, found.parameters.n) == ((Turn("user", "2+2?"),), "Four.", 3)
        assert not found.redacted
    assert read().redacted


def test_failures_and_times() -> None:
    found = read(response={"status": 401}, latencies={"request": -1})
    assert (found.outcome, found.error, found.ended_at_s) == ("failure", "401", None)
    assert read(latencies={"request": 1500}).ended_at_s == 1759708801.5
    with pytest.raises(Unreadable, match=r"^started_at: missing"):
        read(started_at=None)
