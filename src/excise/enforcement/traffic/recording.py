"""What was sent and answered becomes a line that ``POST /v1/exchanges`` takes.

The line is the envelope that ``excise.ingest.formats`` reads under the name ``openai``. It holds the digest
of the key, never the key; of the headers only those that are read. Making it costs nothing while a reply
streams: the pieces are kept, and put together by the thread that sends them.
"""

import msgspec
from msgspec import Raw, Struct

from excise.enforcement.caller import Caller, Header

_HEADERS = (
    "x-ja4",
    "x-ja3",
    "x-ja4-fingerprint",
    "x-ja3-fingerprint",
    "x-ja3-hash",
    "x-tls-fingerprint",
    "cf-ja4",
    "x-session-id",
    "x-conversation-id",
    "x-end-user-id",
)


class Seen(Struct, kw_only=True):
    """One exchange as it passes. Times are epoch seconds; the pieces are of bodies, as they came."""

    id: str
    caller: Caller
    path: str
    headers: dict[str, str]
    started_at_s: float
    first_at_s: float | None = None
    ended_at_s: float | None = None
    status: int = 0
    streamed: bool = False
    asked: list[bytes]
    replied: list[bytes]
    size: int = 0


class _Line(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: str
    started_at: float
    ended_at: float | None
    time_to_first_token: float | None
    account_id: str | None
    api_key_hash: str | None
    end_user: str | None
    client_ip: str | None
    user_agent: str | None
    headers: dict[str, str]
    path: str
    status_code: int
    request: Raw | str
    response: Raw | str | None


def headers_kept(header: Header) -> dict[str, str]:
    """Return the headers that are read of an exchange, as far as a request has them."""
    kept = {name: header(name) for name in ("user-agent", *_HEADERS)}
    return {name: value[:512] for name, value in kept.items() if value}


def line_of(seen: Seen) -> bytes:
    """Return the line of an exchange.

    >>> caller = Caller(account="acme", address="203.0.113.9")
    >>> seen = Seen(id="x1", caller=caller, path="/v1/chat/completions", headers={}, started_at_s=1.0,
    ...             status=200, asked=[b'{"model":"m","messages":[]}'], replied=[b'{"choices":[]}'])
    >>> msgspec.json.decode(line_of(seen))["account_id"]
    'acme'
    """
    wait_s = None if seen.first_at_s is None else max(seen.first_at_s - seen.started_at_s, 0.0)
    caller = seen.caller
    accounts = caller.accounts
    return msgspec.json.encode(
        _Line(
            id=seen.id,
            started_at=seen.started_at_s,
            ended_at=seen.ended_at_s,
            time_to_first_token=None if wait_s is None else 1000 * wait_s,
            account_id=accounts[0] if accounts else None,
            api_key_hash=caller.credential,
            end_user=caller.end_user,
            client_ip=caller.address,
            user_agent=seen.headers.get("user-agent"),
            headers={name: value for name, value in seen.headers.items() if name != "user-agent"},
            path=seen.path,
            status_code=seen.status,
            request=_body(b"".join(seen.asked), streamed=False),
            response=_body(b"".join(seen.replied), streamed=seen.streamed),
        )
    )


def _body(body: bytes, *, streamed: bool) -> Raw | str:
    if not streamed:
        try:
            msgspec.json.decode(body)
            return Raw(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            pass
    return body.decode("utf-8", "replace")
