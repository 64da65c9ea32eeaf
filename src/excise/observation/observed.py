"""A portion of a log becomes observations: the work that is spread over processes."""

from functools import lru_cache

import pyarrow as pa
from msgspec import Struct

from excise.ingest.chunks import Reject
from excise.ingest.decoding import Notice
from excise.ingest.reading import Batch, Portion, batch
from excise.observation.observe import Observer


class Asking(Struct, frozen=True):
    """How to read: see ``excise.ingest.reading.read``. ``keys`` are the secrets to observe under."""

    keys: tuple[bytes, ...]
    account_field: str | None = None
    source: str | None = None
    latest_s: float | None = None

    def __repr__(self) -> str:
        return f"Asking(account_field={self.account_field!r}, source={self.source!r})"


class Observed(Struct, frozen=True, kw_only=True):
    """What a portion held: a batch of rows for each key, in the keys' order, and what else its lines were."""

    rows: tuple[pa.RecordBatch, ...]
    rejects: list[Reject]
    notices: tuple[Notice, ...]
    file: str
    format_name: str | None
    account_field: str
    lines: int
    read: int
    skipped: int
    without_account: int
    unfinished: int
    bytes_read: int
    bytes_total: int | None


def observed(portion: Portion, asking: Asking) -> Observed:
    """Decode a portion and observe its exchanges. Pure, and what goes in and comes out can be pickled."""
    one = batch(portion, account_field=asking.account_field, source=asking.source, latest_s=asking.latest_s)
    return Observed(
        rows=tuple(
            _observer(key, one.source, one.account_field).observe(one.exchanges) for key in asking.keys
        ),
        rejects=one.rejects,
        notices=one.notices,
        file=one.file,
        format_name=one.format_name,
        account_field=one.account_field,
        lines=one.lines,
        read=one.read,
        skipped=one.skipped,
        without_account=one.without_account,
        unfinished=one.unfinished,
        bytes_read=one.bytes_read,
        bytes_total=one.bytes_total,
    )


def tally_of(one: Observed) -> Batch:
    """Return the counts of a portion as a batch without exchanges, for ``excise.ingest.reading.Tally``."""
    return Batch(
        exchanges=[],
        rejects=one.rejects,
        notices=one.notices,
        file=one.file,
        format_name=one.format_name,
        source="",
        account_field=one.account_field,
        lines=one.lines,
        read=one.read,
        skipped=one.skipped,
        unfinished=one.unfinished,
        without_account=one.without_account,
        bytes_read=one.bytes_read,
        bytes_total=one.bytes_total,
    )


@lru_cache(maxsize=8)
def _observer(key: bytes, source: str, account_field: str) -> Observer:
    """Keep an observer from one portion to the next: it remembers words and system prompts."""
    return Observer(key, source, account_field)
