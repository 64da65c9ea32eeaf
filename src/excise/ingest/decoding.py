"""A chunk of lines becomes Exchanges. Pure: no file is opened, so it may run in another process."""

import re
from collections.abc import Iterator
from functools import cache

import msgspec
from msgspec import Struct

from excise.errors import Unreadable
from excise.ingest.chunks import Chunk, Reject
from excise.ingest.exchange import Exchange
from excise.ingest.formats import Format
from excise.ingest.times import DAY_S
from excise.open_folder import member


class Notice(Struct, frozen=True):
    """What is to be said of a whole file: it ends early, it is damaged, no format recognizes it."""

    file: str
    offset: int
    text: str


class Decoded(Struct, frozen=True, kw_only=True):
    """What the lines of one chunk held.

    Every line that is not blank is counted once: ``lines = read + skipped + len(rejects) + unfinished``.
    ``skipped`` lines are records of another kind (a span that is no model call). ``unfinished`` is 1 where
    the last line of a file breaks off, still being written: the next reading takes it. ``without_account``
    counts exchanges whose account field is empty; ``notices`` say of a file that it could not be read to its
    end, and why.
    """

    exchanges: list[Exchange]
    rejects: list[Reject]
    lines: int = 0
    read: int = 0
    skipped: int = 0
    unfinished: int = 0
    without_account: int = 0
    notices: tuple[Notice, ...] = ()


@cache
def format_of(name: str) -> Format:
    """Return the format of a name.

    Raises:
        UnknownMember: there is none; the message names the nearest.
    """
    return member("excise.ingest.formats", Format, name)()  # type: ignore[type-abstract]


def decode(
    chunk: Chunk, format_name: str | None, *, account_field: str | None = None, latest_s: float | None = None
) -> Decoded:
    r"""Decode the lines of a chunk.

    Args:
        chunk: whole lines, as ``sources.open_source`` yields them.
        format_name: a member of ``ingest/formats``; None where a chunk holds nothing that could show one.
        account_field: the field that is the account; the format's own where None.
        latest_s: the present, in epoch seconds; what starts more than a day later is rejected. None: no
            limit.

    >>> line = b'{"id":"a","call_type":"acompletion","startTime":1759708800.0,"model":"m"}'
    >>> decode(Chunk(file="log", data=line + b"\n"), "litellm").exchanges[0].record_id
    'a'
    >>> decode(Chunk(file="log", data=b"{]"), "litellm").rejects[0].reason
    'not JSON: object keys must be strings (byte 1)'
    """
    format_ = format_of(format_name) if format_name else None
    field = account_field or (format_.account_field if format_ else "user")
    exchanges: list[Exchange] = []
    rejects = list(chunk.rejects)
    read = skipped = unfinished = lines = 0
    for number, start, line in _lines(chunk):
        lines += 1
        before = len(exchanges)
        try:
            exchanges.extend(_records(format_, line, chunk.max_line_bytes, latest_s))
        except (Unreadable, RecursionError) as error:
            if chunk.ends_open and start + len(line) == len(chunk.data) and not _whole(line):
                unfinished = 1
            else:
                reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
                rejects.append(Reject(chunk.file, number, chunk.offset + start, reason))
        else:
            if len(exchanges) > before:
                read += 1
            else:
                skipped += 1
    return Decoded(
        exchanges=exchanges,
        rejects=rejects,
        lines=lines + len(chunk.rejects),
        read=read,
        skipped=skipped,
        unfinished=unfinished,
        notices=(Notice(chunk.file, chunk.offset + len(chunk.data), chunk.notice),) if chunk.notice else (),
        without_account=sum(getattr(exchange, field) is None for exchange in exchanges),
    )


def _lines(chunk: Chunk) -> Iterator[tuple[int, int, bytes]]:
    """Yield the number, the place and the bytes of each line that is not blank, one at a time.

    A list of all lines would hold the chunk twice. Blank lines are passed over at once, for a bomb may be a
    gigabyte of them.
    """
    data = chunk.data
    number, start = chunk.first_line, 0
    while start < len(data):
        end = data.find(b"\n", start)
        if end < 0:
            end = len(data)
        line = data[start:end]
        if line and not line.isspace():
            yield number, start, line
            number, start = number + 1, end + 1
            continue
        word = _WORD.search(data, end)
        if word is None:
            return
        at = data.rfind(b"\n", end, word.start()) + 1
        number, start = number + data.count(b"\n", start, at), at


_WORD = re.compile(rb"\S")


def _records(format_: Format | None, line: bytes, limit: int, latest_s: float | None) -> Iterator[Exchange]:
    if len(line) > limit:
        raise Unreadable(f"the line has {len(line):,} bytes; at most {limit:,} are read")
    if format_ is None:
        raise Unreadable("nothing in the file shows what format it has")
    if latest_s is None:
        return format_.exchanges(line)
    return _not_ahead(format_.exchanges(line), latest_s)


def _not_ahead(exchanges: Iterator[Exchange], latest_s: float) -> Iterator[Exchange]:
    for exchange in exchanges:
        ahead_s = exchange.started_at_s - latest_s
        if ahead_s > DAY_S:
            raise Unreadable(f"the record starts {ahead_s / DAY_S:.1f} days after the present")
        yield exchange


def _whole(line: bytes) -> bool:
    """Whether a line is all of a JSON value, readable or not."""
    try:
        msgspec.json.decode(line, type=msgspec.Raw)
    except msgspec.DecodeError:
        return False
    except RecursionError:
        return True
    return True
