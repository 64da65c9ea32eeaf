"""Sessions: who is signed in, in a signed cookie that no page's script can read.

A session names a person and the version of their account. A new password, a new role or signing out
everywhere raises the version, and every session from before is over. Signing in always begins a new session,
so that one which somebody else has set beforehand is worth nothing.
"""

import hmac
import secrets
from hashlib import sha256

import msgspec
from msgspec import Struct
from starlette.responses import Response

COOKIE = "excise_session"
LASTS_S = 12 * 3600.0
"""A session is over so long after it began."""


class Session(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who is signed in. ``id`` is random, 128 bits."""

    id: str
    person: str
    version: int
    began_at_s: float


class Sessions:
    """Begins sessions and reads them back.

    >>> sessions = Sessions(bytes(32))
    >>> session = sessions.begin("ada", 1, now_s=0.0)
    >>> sessions.read(sessions.written(session), now_s=60.0) == session
    True
    >>> sessions.read(sessions.written(session), now_s=LASTS_S) is None
    True
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def begin(self, person: str, version: int, *, now_s: float) -> Session:
        """Begin a session for a person who has just proved who they are."""
        return Session(id=secrets.token_hex(16), person=person, version=version, began_at_s=now_s)

    def written(self, session: Session) -> str:
        """Return a session as its cookie holds it: its record and our signature, both in hexadecimal."""
        data = msgspec.json.encode(session)
        return data.hex() + "." + self._signature(data)

    def read(self, cookie: str | None, *, now_s: float) -> Session | None:
        """Return the session of a cookie, None when it is not one of ours or is over."""
        if not cookie or len(cookie) > 2_000:
            return None
        written, _, signature = cookie.partition(".")
        try:
            data = bytes.fromhex(written)
        except ValueError:
            return None
        if not hmac.compare_digest(signature.encode(), self._signature(data).encode()):
            return None
        session = msgspec.json.decode(data, type=Session)
        return session if 0 <= now_s - session.began_at_s < LASTS_S else None

    def set(self, response: Response, session: Session, *, secure: bool) -> None:
        """Hand the session to the browser; over TLS it never comes back in the clear."""
        response.set_cookie(
            COOKIE,
            self.written(session),
            max_age=int(LASTS_S),
            httponly=True,
            samesite="strict",
            secure=secure,
            path="/",
        )

    def end(self, response: Response) -> None:
        """Take the session back from the browser."""
        response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")

    def _signature(self, data: bytes) -> str:
        return hmac.new(self._key, b"session\x00" + data, sha256).hexdigest()
