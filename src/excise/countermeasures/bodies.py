r"""Replies as a model server writes them: one JSON object, or a stream of server-sent events.

What is not edited stays as it was, byte for byte: in a stream, only the events that changed are written anew.
"""

from collections.abc import Iterator

import msgspec

from excise.errors import Unreadable

Record = dict[str, object]


class Body:
    r"""A reply, taken apart.

    Raises:
        Unreadable: it is neither an object nor a stream of events.

    >>> body = Body(b'data: {"a": 1}\n\ndata: [DONE]\n\n')
    >>> for record in body.records():
    ...     record["a"] = 2
    >>> body.write()
    b'data: {"a":2}\n\ndata: [DONE]\n\n'
    """

    def __init__(self, body: bytes) -> None:
        self.streamed = not body.lstrip().startswith(b"{")
        self._raw = body.splitlines(keepends=True) if self.streamed else [body]
        self._records: list[Record | None] = [self._read(part) for part in self._raw]
        self._before = [None if record is None else msgspec.json.encode(record) for record in self._records]
        if all(record is None for record in self._records):
            raise Unreadable("a reply is one JSON object, or a stream of server-sent events")

    def records(self) -> Iterator[Record]:
        """Yield the objects; change them in place."""
        return (record for record in self._records if record is not None)

    def write(self) -> bytes:
        """Return the reply as it is now."""
        parts = []
        for raw, record, before in zip(self._raw, self._records, self._before, strict=True):
            now = None if record is None else msgspec.json.encode(record)
            if now == before or now is None:
                parts.append(raw)
            else:
                end = raw[len(raw.rstrip(b"\r\n")) :]
                parts.append(b"data: " + now + end if self.streamed else now)
        return b"".join(parts)

    def _read(self, part: bytes) -> Record | None:
        if self.streamed:
            if not part.startswith(b"data:") or part[5:].strip() in (b"", b"[DONE]"):
                return None
            part = part[5:]
        try:
            found = msgspec.json.decode(part)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise Unreadable(f"a reply that is no JSON ({error})") from None
        if not isinstance(found, dict):
            raise Unreadable("a reply is a JSON object")
        return found


def dicts(value: object) -> list[Record]:
    """Return the objects in a list, where it is a list; what else it holds is left alone.

    >>> dicts([{"a": 1}, 2]), dicts(None)
    ([{'a': 1}], [])
    """
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
