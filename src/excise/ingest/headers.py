"""The few headers of a request that are read. Any other, and with it every credential, is never decoded."""

from msgspec import Struct

from excise.ingest.fields import mapping
from excise.ingest.typed import converted

_Value = str | list[str] | None


class Headers(Struct, frozen=True, gc=False, rename=lambda name: name.replace("_", "-")):
    """Who called, with what. A header that came several times is a list.

    >>> import msgspec
    >>> sent = b'{"user-agent": "curl/8.5", "authorization": "Bearer sk-...", "x-ja4": "t13d"}'
    >>> headers = msgspec.json.decode(sent, type=Headers)
    >>> headers.agent(), headers.tls()
    ('curl/8.5', 't13d')
    """

    user_agent: _Value = None
    x_ja4: _Value = None
    x_ja3: _Value = None
    x_ja4_fingerprint: _Value = None
    x_ja3_fingerprint: _Value = None
    x_ja3_hash: _Value = None
    x_tls_fingerprint: _Value = None
    cf_ja4: _Value = None
    x_session_id: _Value = None
    x_conversation_id: _Value = None
    x_end_user_id: _Value = None

    def agent(self) -> str | None:
        """Return the user agent."""
        return _one(self.user_agent)

    def tls(self) -> str | None:
        """Return the TLS fingerprint, JA4 before JA3. A gateway must set it, and drop what a caller sends."""
        return _one(
            self.x_ja4
            or self.cf_ja4
            or self.x_ja4_fingerprint
            or self.x_ja3
            or self.x_ja3_hash
            or self.x_ja3_fingerprint
            or self.x_tls_fingerprint
        )

    def session(self) -> str | None:
        """Return the session or conversation that the caller names."""
        return _one(self.x_session_id or self.x_conversation_id)

    def end_user(self) -> str | None:
        """Return the account's own customer, where the caller names one."""
        return _one(self.x_end_user_id)


def headers_of(value: object, field: str) -> Headers:
    """Read headers whose names may be written in any case; None and what is no object are none.

    Raises:
        Unreadable: a header that is read is neither a text nor a list of texts.

    >>> headers_of({"User-Agent": "curl/8.5"}, "request.headers").agent()
    'curl/8.5'
    """
    return converted({name.lower(): said for name, said in mapping(value).items()}, Headers, field)


def _one(value: _Value) -> str | None:
    if isinstance(value, list):
        return value[0] if value else None
    return value
