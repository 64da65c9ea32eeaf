"""HTTP over ASGI with nothing in between, for the endpoints that stand in the way of every request."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from excise.enforcement.caller import Header

JSON = "application/json"
_READ = "excise.headers"
_END = re.compile("[\r\n\0]")


class TooLong(Exception):
    """A body is longer than its endpoint reads."""


async def body_of(receive: "Receive", *, most_bytes: int) -> bytes:
    """Return a request's body.

    Raises:
        TooLong: it is longer than ``most_bytes``.
    """
    message = await receive()
    body: bytes = message.get("body", b"")
    if message.get("more_body"):
        pieces, size = [body], len(body)
        while message.get("more_body"):
            message = await receive()
            pieces.append(message.get("body", b""))
            size += len(pieces[-1])
            if size > most_bytes:
                raise TooLong
        body = b"".join(pieces)
    if len(body) > most_bytes:
        raise TooLong
    return body


async def send_body(
    send: "Send", status: int, body: bytes, headers: Iterable[tuple[str, str]] = (), media_type: str = JSON
) -> None:
    """Send a whole reply; a header that would end its line early is cut there."""
    sent = [(b"content-length", b"%d" % len(body))]
    typed = False
    for name, value in headers:
        typed = typed or name == "content-type"
        sent.append((name.encode(), clean(value).encode("latin-1", "replace")))
    if not typed:
        sent.append((b"content-type", media_type.encode()))
    await send({"type": "http.response.start", "status": status, "headers": sent})
    await send({"type": "http.response.body", "body": body})


def clean(value: str) -> str:
    r"""Return a header's value without anything that could end it.

    >>> clean("a\r\nset-cookie: x")
    'a'
    """
    found = _END.search(value)
    return value if found is None else value[: found.start()]


def headers_of(scope: "Scope") -> "Header":
    """Return the look-up of a request's headers; one that stands there several times is joined by commas.

    >>> headers_of({"headers": [(b"x-a", b"1"), (b"x-a", b"2")]})("x-a")
    '1,2'
    """
    headers = scope["headers"]
    # Guard and gateway both ask: who reads them first leaves what was read, and for which headers.
    kept: tuple[object, Header] | None = scope.get(_READ)
    if kept is not None and kept[0] is headers:
        return kept[1]
    found: dict[str, str] = {}
    for name, value in headers:
        key = name.decode("latin-1").lower()
        text = value.decode("latin-1")
        found[key] = f"{found[key]},{text}" if key in found else text
    scope[_READ] = headers, found.get
    return found.get


def peer_of(scope: "Scope") -> str | None:
    """Return the address that is connected."""
    client = scope.get("client")
    return client[0] if client else None
