"""An endpoint is called over HTTP: patiently, within limits, and believing nothing that comes back.

Errors of the moment (no connection, a stall, a reply cut off, 429 and 5xx) are tried again after a wait that
doubles, or after what ``Retry-After`` says. A reply is read up to a limit of bytes, and a call has one
deadline for all of it: a server that drips a byte a second does not hold a run.
"""

import email.utils
import os
import time
from collections.abc import Callable
from typing import TypeVar

import httpx
import msgspec
from msgspec import Struct

from excise.lineage.suspects import NoAnswer, SuspectSilent, Terms

_FIRST_WAIT_S = 1.0
_LONGEST_WAIT_S = 60.0
_LONGEST_ASKED_WAIT_S = 600.0
"""A server that asks for more patience than this is asked again after the usual wait."""

Shape = TypeVar("Shape")


class Refused(Struct, frozen=True):
    """The endpoint understood and said no: a client error other than 401, 403 and 429."""

    status: int
    text: str


class _Passing(Exception):
    """Something that may be over in a moment."""

    def __init__(self, why: str, wait_s: float | None = None) -> None:
        super().__init__(why)
        self.wait_s = wait_s


class Caller:
    """Calls one endpoint. Threads may share it.

    Args:
        base_url: such as ``http://localhost:8000/v1``.
        terms: timeout, tries, most bytes of a reply, and which environment variable holds the key.
        wait: waits a number of seconds.
        clock_s: a clock that only goes forward, in seconds.
    """

    def __init__(
        self,
        base_url: str,
        terms: Terms,
        *,
        wait: Callable[[float], None] = time.sleep,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url = base_url.rstrip("/")
        self._terms = terms
        self._wait = wait
        self._clock_s = clock_s
        key = os.environ.get(terms.key_variable)
        self._client = httpx.Client(
            headers={"Authorization": f"Bearer {key}"} if key else {},
            timeout=httpx.Timeout(terms.timeout_s, connect=min(terms.timeout_s, 10.0)),
            follow_redirects=False,
            limits=httpx.Limits(max_connections=max(terms.at_once, 1)),
        )

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def post(self, path: str, body: object, shape: type[Shape]) -> Shape | Refused | NoAnswer:
        """Post ``body`` as JSON and return the reply in the given shape.

        Returns:
            the reply; ``Refused`` where the endpoint does not do this; ``NoAnswer`` where all tries failed
            (not lasting when the endpoint itself failed, lasting when what it said cannot be believed).

        Raises:
            SuspectSilent: the endpoint wants another key.
        """
        content = msgspec.json.encode(body)
        why = ""
        for attempt in range(max(self._terms.tries, 1)):
            try:
                status, data = self._once(path, content)
            except _Passing as error:
                why = str(error)
                if attempt + 1 < self._terms.tries:
                    usual_s = min(_FIRST_WAIT_S * 2**attempt, _LONGEST_WAIT_S)
                    self._wait(usual_s if error.wait_s is None else error.wait_s)
                continue
            if data is None:
                return NoAnswer(f"it sent more than {self._terms.most_reply_bytes:,} bytes")
            if status in (401, 403):
                raise SuspectSilent(
                    f"{self._url}{path} answers {status}: put its key into the environment variable "
                    f"{self._terms.key_variable}"
                )
            if status >= 300:
                return Refused(status, data[:300].decode("utf-8", "replace"))
            try:
                return msgspec.json.decode(data, type=shape)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                # It may have been paid for: asking again would pay twice for what is broken at the other end.
                return NoAnswer(f"it sent what is not a reply: {error}")
        return NoAnswer(f"{why}, {self._terms.tries} times", lasting=False)

    def _once(self, path: str, content: bytes) -> tuple[int, bytes | None]:
        """Call once. Return the status and the body, None for one that is too long."""
        ends_s = self._clock_s() + self._terms.timeout_s
        try:
            with self._client.stream(
                "POST", self._url + path, content=content, headers={"Content-Type": "application/json"}
            ) as reply:
                if reply.status_code == 429 or reply.status_code >= 500:
                    raise _Passing(f"it answers {reply.status_code}", _asked_wait_s(reply))
                parts, length = [], 0
                for part in reply.iter_bytes():
                    length += len(part)
                    if length > self._terms.most_reply_bytes:
                        return reply.status_code, None
                    if self._clock_s() > ends_s:
                        raise _Passing(f"it took more than {self._terms.timeout_s:g} s")
                    parts.append(part)
                return reply.status_code, b"".join(parts)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise SuspectSilent(f"{self._url}: {error}; say http:// or https://") from None
        except httpx.TimeoutException:
            raise _Passing(f"it took more than {self._terms.timeout_s:g} s") from None
        except httpx.DecodingError:
            return 200, b""  # compressed in a way that it is not: nothing that can be read
        except httpx.TransportError as error:
            raise _Passing(f"the connection failed ({' '.join(str(error).split())[:120]})") from None


def _asked_wait_s(reply: httpx.Response) -> float | None:
    """Return how long the server asks to wait: seconds, or until a date by its own clock (RFC 9110)."""
    said = reply.headers.get("retry-after", "")
    try:
        wait_s = float(said)
    except ValueError:
        try:
            until = email.utils.parsedate_to_datetime(said)
            wait_s = (until - email.utils.parsedate_to_datetime(reply.headers["date"])).total_seconds()
        except (KeyError, TypeError, ValueError):
            return None
    return wait_s if 0 <= wait_s <= _LONGEST_ASKED_WAIT_S else None
