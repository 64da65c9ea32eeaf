"""A passage: one request through the middleware, and its reply on the way back.

It is touched as little as it may be: nothing is read of a body unless a degradation or a decision about an
end user needs it, and a reply that is only captured goes on before it is kept.
"""

import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from excise.casework.decision import Degradation
from excise.enforcement.caller import Caller, Header
from excise.enforcement.passing import told
from excise.enforcement.raw import TooLong, body_of, send_body
from excise.enforcement.settings import GatewaySettings
from excise.enforcement.traffic.recording import Seen, headers_kept
from excise.enforcement.traffic.replies import Edit
from excise.enforcement.traffic.requests import NotReadable, degraded, end_user_in

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Scope, Send

_METHODS = ("POST", "PUT", "PATCH")
_MOST_BODY_BYTES = 256 << 20
_STREAM = b"text/event-stream"
_WHOLE = b"application/json"


class _Usage(Struct, frozen=True):
    completion_tokens: int | None = None
    output_tokens: int | None = None
    prompt_tokens: int | None = None
    input_tokens: int | None = None


class _Counted(Struct, frozen=True):
    usage: _Usage | None = None


_COUNTED = msgspec.json.Decoder(_Counted)


class Passage:
    """One request and its reply.

    Args:
        scope, receive, send: of ASGI.
        header: looks up the request's headers.
        settings: of the gateway.
        clock: epoch seconds.
    """

    def __init__(
        self,
        scope: "Scope",
        receive: "Receive",
        send: "Send",
        *,
        header: Header,
        settings: GatewaySettings,
        clock: Callable[[], float],
    ) -> None:
        self.scope = scope
        self.seen: Seen | None = None
        self.too_long = False
        self.unedited = 0
        self._receive = receive
        self._send = send
        self._header = header
        self._most_bytes = settings.capture.most_bytes
        self._clock = clock
        self._original: bytes | None = None
        self._body: bytes | None = None
        self._edit: Edit | None = None
        self._degradation: Degradation | None = None
        self._start: Message | None = None
        self._parts: list[bytes] = []
        self._streams = False

    @property
    def has_body(self) -> bool:
        """Whether the request may bring a body that is read."""
        return self.scope["type"] == "http" and self.scope["method"] in _METHODS and not self._foreign

    @property
    def touched(self) -> bool:
        """Whether the body was read already, or the reply is to be edited."""
        return self._body is not None or self._edit is not None

    @property
    def _foreign(self) -> bool:
        """Whether the body is of a kind that holds no settings of a request: a form with a file."""
        return (self._header("content-type") or "").lower().startswith("multipart/")

    async def with_end_user(self, caller: Caller) -> Caller:
        """Return the caller with the end user that the body names."""
        if caller.end_user is None:
            try:
                self._original = self._body = await body_of(self._receive, most_bytes=_MOST_BODY_BYTES)
            except TooLong:
                # The server sees what is left of it, and refuses it as it refuses any such body.
                self._original = self._body = b""
            return msgspec.structs.replace(caller, end_user=end_user_in(self._body))
        return caller

    async def degrade(self, degradation: Degradation) -> bool:
        """Make the request ask for less and have its reply edited.

        Returns:
            False where the request cannot be read; the caller was then told so.
        """
        if self.scope["type"] != "http":
            return True
        self._degradation = degradation
        self._edit = Edit(degradation)
        # A reply that comes compressed, or as a file, could not be edited.
        headers = [(name, value) for name, value in self.scope["headers"] if name != b"accept-encoding"]
        if self.has_body:
            try:
                if self._body is None:
                    self._original = self._body = await body_of(self._receive, most_bytes=_MOST_BODY_BYTES)
                if self._body:
                    self._body = degraded(self._body, degradation)
            except (NotReadable, TooLong) as error:
                said = {
                    "error": {
                        "message": str(error) or "the body is too long",
                        "type": "invalid_request_error",
                    }
                }
                await send_body(self._send, 400, msgspec.json.encode(said))
                return False
            headers = [one for one in headers if one[0] not in (b"content-length", b"transfer-encoding")]
            headers.append((b"content-length", str(len(self._body)).encode()))
        self.scope = {**self.scope, "headers": headers, "extensions": {}}
        return True

    def record(self, caller: Caller) -> None:
        """Keep what passes from now on."""
        self.seen = Seen(
            id=f"asgi-{secrets.token_hex(16)}",
            caller=caller,
            path=self.scope["path"],
            headers=headers_kept(self._header),
            started_at_s=self._clock(),
            asked=[],
            replied=[],
        )
        if self._original is not None:
            self._keep(self.seen.asked, self._original)

    async def receive(self) -> "Message":
        """Hand the server the next message of the request."""
        if self._body is not None:
            body, self._body = self._body, None
            return {"type": "http.request", "body": body, "more_body": False}
        message = await self._receive()
        if self.seen is not None and self._original is None and message["type"] == "http.request":
            self._keep(self.seen.asked, message.get("body", b""))
        return message

    async def send(self, message: "Message") -> None:
        """Hand the next message of the reply on, edited where it has to be, and then keep it."""
        if self._edit is not None:
            await self._edited(message, self._edit)
            return
        await self._send(message)
        if self.seen is not None:
            self._kept(message, self.seen)

    def tokens(self) -> int:
        """Return the tokens of an exchange: what the reply says, else one for each event of a stream."""
        if self.seen is None:
            return 0
        reply = b"".join(self.seen.replied)
        lines = [line[5:].strip() for line in reply.split(b"\n") if line.startswith(b"data:")] or [reply]
        for line in reversed(lines):
            if b'"usage"' in line:
                try:
                    usage = _COUNTED.decode(line).usage
                except msgspec.DecodeError:
                    continue
                if usage is not None:
                    given = usage.completion_tokens or usage.output_tokens or 0
                    return given + (usage.prompt_tokens or usage.input_tokens or 0)
        return len(lines)

    async def _edited(self, message: "Message", edit: Edit) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            self._streams = _media_type(message) == _STREAM
            if not self._streams and _media_type(message) == _WHOLE and not _encoded(message):
                return
            if not self._streams or _encoded(message):
                self.unedited += 1
                self._edit = None
            if self._edit is not None:
                headers = [one for one in message["headers"] if one[0].lower() != b"content-length"]
                message = {**message, "headers": [*headers, self._notice()]}
            await self.send_and_keep(message)
        elif message["type"] != "http.response.body":
            await self.send_and_keep(message)
        elif self._streams:
            last = not message.get("more_body", False)
            body = edit.piece(message.get("body", b""), last=last)
            if body or last:
                await self.send_and_keep({"type": "http.response.body", "body": body, "more_body": not last})
        else:
            self._parts.append(message.get("body", b""))
            if not message.get("more_body", False):
                await self._whole(edit)

    async def _whole(self, edit: Edit) -> None:
        start = self._start
        assert start is not None
        body = edit.whole(b"".join(self._parts))
        headers = [one for one in start["headers"] if one[0].lower() != b"content-length"]
        headers += [(b"content-length", str(len(body)).encode()), self._notice()]
        await self.send_and_keep({**start, "headers": headers})
        await self.send_and_keep({"type": "http.response.body", "body": body})

    async def send_and_keep(self, message: "Message") -> None:
        """Send a message, and keep it where the exchange is recorded."""
        await self._send(message)
        if self.seen is not None:
            self._kept(message, self.seen)

    def _notice(self) -> tuple[bytes, bytes]:
        """The header by which a degraded caller knows."""
        return b"x-excise-degraded", told(self._degradation or Degradation()).encode()

    def _kept(self, message: "Message", seen: Seen) -> None:
        if message["type"] == "http.response.body":
            body = message.get("body", b"")
            if body:
                if seen.first_at_s is None:
                    seen.first_at_s = self._clock()
                self._keep(seen.replied, body)
        elif message["type"] == "http.response.start":
            seen.status = message["status"]
            seen.streamed = _media_type(message) == _STREAM

    def _keep(self, pieces: list[bytes], piece: bytes) -> None:
        seen = self.seen
        assert seen is not None
        seen.size += len(piece)
        if seen.size > self._most_bytes:
            self.too_long = True
            pieces.clear()
        elif not self.too_long:
            pieces.append(piece)


def _media_type(start: "Message") -> bytes:
    for name, value in start.get("headers", ()):
        if name.lower() == b"content-type":
            return bytes(value.partition(b";")[0].strip().lower())
    return b""


def _encoded(start: "Message") -> bool:
    return any(
        name.lower() == b"content-encoding" and value.lower() != b"identity"
        for name, value in start.get("headers", ())
    )
