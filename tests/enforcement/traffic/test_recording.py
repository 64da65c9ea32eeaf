import msgspec

from excise.enforcement.caller import Caller
from excise.enforcement.traffic.recording import Seen, headers_kept, line_of
from excise.ingest.formats import Format
from excise.open_folder import member

STREAM = (
    b'data: {"id":"c1","choices":[{"delta":{"content":"Fo"}}]}\n\n',
    b'data: {"choices":[{"delta":{"content":"ur."},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n',
)


def seen(**more):
    return Seen(
        **{
            "id": "asgi-1",
            "caller": Caller(credential="digest", end_user="u", address="203.0.113.9"),
            "path": "/v1/chat/completions",
            "headers": {"user-agent": "curl/8", "x-ja4": "t13d"},
            "started_at_s": 1_700_000_000.0,
            "first_at_s": 1_700_000_000.25,
            "ended_at_s": 1_700_000_002.0,
            "status": 200,
            "asked": [b'{"model":"m","stream":true,', b'"messages":[{"role":"user","content":"2+2?"}]}'],
            "replied": list(STREAM),
            "streamed": True,
            **more,
        }
    )


def read(line):
    """Read a line as the service does."""
    kind = member("excise.ingest.formats", Format, "openai")
    assert kind.recognizes(msgspec.json.decode(line))
    [exchange] = kind().exchanges(line)
    return exchange


def test_a_stream_is_read_as_the_exchange_that_it_was():
    found = read(line_of(seen()))
    assert (found.record_id, found.user, found.api_key) == ("asgi-1", "digest", "digest")
    assert (found.address, found.end_user, found.user_agent, found.tls) == (
        "203.0.113.9",
        "u",
        "curl/8",
        "t13d",
    )
    assert (found.reply, found.turns[0].text, found.stream) == ("Four.", "2+2?", True)
    assert (found.started_at_s, found.first_token_at_s, found.ended_at_s) == (
        1_700_000_000.0,
        1_700_000_000.25,
        1_700_000_002.0,
    )


def test_an_account_that_has_a_name_goes_by_it():
    assert read(line_of(seen(caller=Caller(account="acme", credential="digest")))).user == "acme"


def test_a_refusal_by_the_server_is_a_failure():
    found = read(
        line_of(seen(status=500, streamed=False, replied=[b'{"error":{"message":"oh","type":"x"}}']))
    )
    assert found.outcome == "failure"


def test_what_is_no_json_is_a_text():
    said = msgspec.json.decode(line_of(seen(streamed=False, asked=[b"{"], replied=[b"\xff"])))
    assert (said["request"], said["response"]) == ("{", "\ufffd")


def test_of_headers_only_what_is_read_is_kept():
    sent = {"authorization": "Bearer sk-1", "cookie": "c", "user-agent": "x" * 1_000, "x-session-id": "s"}
    assert headers_kept(sent.get) == {"user-agent": "x" * 512, "x-session-id": "s"}
