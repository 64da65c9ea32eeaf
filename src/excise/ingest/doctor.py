"""What a log lets one see, and what it blinds.

Which fields are there, missing, sampled, truncated or withheld, what its clocks are worth, which hours are
lost, and the setting that fixes each.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from excise.ingest.chunks import MAX_LINE_BYTES, Reject
from excise.ingest.clocks import Clocks, Silence
from excise.ingest.decoding import Notice
from excise.ingest.findings import Finding, findings
from excise.ingest.presence import Counts, Limit, Presence
from excise.ingest.reading import read


class Reason(Struct, frozen=True):
    """Why lines were set aside: how many for this reason, and the first of them."""

    reason: str
    lines: int
    first: Reject


class Examination(Struct, frozen=True, kw_only=True):
    """What logs let one see, and what they do not.

    Times are epoch seconds; counts are of lines or exchanges, as named. ``accounts_by_field`` is how many
    accounts each field that can be the account would make.
    """

    files: tuple[str, ...]
    formats: tuple[str, ...]
    lines: int
    exchanges: int
    skipped: int
    rejected: int
    unfinished: int
    from_s: float | None
    to_s: float | None
    account_field: str
    accounts: int
    accounts_by_field: dict[str, int]
    presence: tuple[Presence, ...]
    limits: tuple[Limit, ...]
    silences: tuple[Silence, ...]
    reasons: tuple[Reason, ...]
    notices: tuple[Notice, ...]
    findings: tuple[Finding, ...]


def examine(
    paths: Iterable[str | Path],
    format_name: str | None = None,
    *,
    account_field: str | None = None,
    latest_s: float | None = None,
    max_line_bytes: int = MAX_LINE_BYTES,
    stdin: BinaryIO | None = None,
) -> Examination:
    """Read logs and say what they let one see.

    However much of them cannot be read, that is a finding and no error.

    Args:
        paths: files, folders, patterns, or ``-`` for standard input.
        format_name: the format of all of them; told from each file's first records where None.
        account_field: the Exchange field that is the account; each format's own where None.
        latest_s: the present, in epoch seconds; later records are found to be ahead of time. None: not looked
            at.
        max_line_bytes: a longer line is rejected.
        stdin: where ``-`` reads from.

    Raises:
        NoSuchLog: a path is not there.
        UnknownFormat: no format recognizes a file that was named.
    """
    counts, clocks = Counts(), Clocks(latest_s)
    files, formats = dict[str, None](), dict[str, None]()
    lines = skipped = unfinished = rejected = 0
    reasons = dict[str, tuple[int, Reject]]()
    notices: list[Notice] = []
    account_fields = dict[str, None]()
    for batch in read(
        paths,
        format_name,
        account_field=account_field,
        max_line_bytes=max_line_bytes,
        max_reject_share=1.0,
        stdin=stdin,
    ):
        counts.add(batch.exchanges, batch.account_field)
        clocks.add(batch.file, batch.exchanges)
        files[batch.file] = None
        if batch.format_name is not None:
            formats[batch.format_name] = None
            account_fields[batch.account_field] = None
        lines += batch.lines
        skipped += batch.skipped
        unfinished += batch.unfinished
        notices.extend(batch.notices)
        for reject in batch.rejects:
            kind = _NUMBERS.sub("#", reject.reason)
            if kind in reasons or len(reasons) < _MOST_REASONS:
                count, first = reasons.get(kind, (0, reject))
                reasons[kind] = (count + 1, first)
            rejected += 1
    silences = tuple(clocks.silences())
    fields = tuple(account_fields)
    return Examination(
        files=tuple(files),
        formats=tuple(formats),
        lines=lines,
        exchanges=counts.seen,
        skipped=skipped,
        rejected=rejected,
        unfinished=unfinished,
        from_s=clocks.from_s,
        to_s=clocks.to_s,
        account_field=", ".join(fields),
        accounts=counts.accounts(),
        accounts_by_field=counts.accounts_by_field(),
        presence=counts.presences() if counts.seen else (),
        limits=counts.limits(),
        silences=silences,
        reasons=tuple(
            Reason(first.reason, count, first)
            for count, first in sorted(reasons.values(), key=lambda reason: -reason[0])
        ),
        notices=tuple(notices),
        findings=findings(
            counts, clocks, silences, frozenset(formats), lines=lines, rejected=rejected, notices=notices
        ),
    )


_NUMBERS = re.compile(r"\d+")
_MOST_REASONS = 100
