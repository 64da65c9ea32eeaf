"""Which format a log has, told from its first records."""

from collections import Counter

import msgspec

from excise.errors import UnknownFormat
from excise.ingest.chunks import Chunk
from excise.ingest.decoding import format_of
from excise.ingest.formats import Format
from excise.open_folder import members

MOST_RECORDS = 50
"""How many records are looked at."""


def sniff(chunk: Chunk) -> str | None:
    """Return the format that most of a chunk's first records look like, None where no line is a JSON object.

    Raises:
        UnknownFormat: there are records, and no format recognizes them.

    >>> line = b'{"id":"a","call_type":"acompletion","startTime":1759708800.0}'
    >>> sniff(Chunk(file="log", data=line))
    'litellm'
    >>> sniff(Chunk(file="log", data=b'{"greeting": "hello"}'))
    Traceback (most recent call last):
    excise.errors.UnknownFormat: log: no format recognizes its records, whose fields are: greeting; ...
    """
    votes: Counter[str] = Counter()
    fields: dict[str, None] = {}
    names = list(members("excise.ingest.formats", Format))  # type: ignore[type-abstract]
    looked_at = 0
    for line in chunk.data.lstrip().split(b"\n", 20 * MOST_RECORDS)[: 20 * MOST_RECORDS]:
        try:
            record = msgspec.json.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            continue
        if not isinstance(record, dict):
            continue
        fields.update(dict.fromkeys(record))
        votes.update(name for name in names if format_of(name).recognizes(record))
        looked_at += 1
        if looked_at == MOST_RECORDS:
            break
    if votes:
        return votes.most_common(1)[0][0]
    if not looked_at:
        return None
    seen = ", ".join(field[:40].encode("unicode_escape").decode() for field in list(fields)[:12])
    raise UnknownFormat(
        f"{chunk.file}: no format recognizes its records, whose fields are: {seen}; name one with --format. "
        f"There are: {', '.join(names)}"
    )
