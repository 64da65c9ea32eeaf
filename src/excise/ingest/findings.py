"""What is wrong with a log, in sentences with numbers, what it blinds, and the setting that fixes it."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from msgspec import Struct

from excise.ingest.clocks import LATE_S, Clocks, Silence
from excise.ingest.decoding import Notice
from excise.ingest.gaps import Fix, gaps
from excise.ingest.presence import Counts


class Finding(Struct, frozen=True, kw_only=True):
    """One thing that is wrong with a log.

    ``name`` is a gap of ``gaps.toml``, ``present`` the share of records that do not suffer from it, ``says``
    what was found, ``blinds`` what cannot be seen for it, ``ties`` and ``detectors`` the members concerned.
    """

    name: str
    present: float
    says: str
    blinds: str
    ties: tuple[str, ...]
    detectors: tuple[str, ...]
    fixes: tuple[Fix, ...]


def findings(
    counts: Counts,
    clocks: Clocks,
    silences: Sequence[Silence],
    formats: frozenset[str],
    *,
    lines: int,
    rejected: int,
    notices: Sequence[Notice],
) -> tuple[Finding, ...]:
    """Return what is worth saying, what blinds most first.

    >>> counts, clocks = Counts(), Clocks()
    >>> found = findings(counts, clocks, [], frozenset(), lines=10, rejected=2, notices=[])
    >>> [(one.name, one.present, one.says) for one in found]
    [('rejected', 0.8, '2 of 10 lines could not be read')]
    """
    said = [*_of_lines(lines, rejected, notices)]
    if counts.seen:
        said += [*_of_fields(counts), *_of_words(counts), *_of_clocks(clocks, silences)]
    found: list[tuple[float, Finding]] = []
    for name, present, says in said:
        gap = gaps()[name]
        if present < gap.expected:
            finding = Finding(
                name=name,
                present=present,
                says=says,
                blinds=gap.blinds,
                ties=gap.ties,
                detectors=gap.detectors,
                fixes=gap.fixes(formats),
            )
            blinded = 1 + len(gap.ties) + len(gap.detectors) if name != "account" else _EVERYTHING
            found.append(((gap.expected - present) * blinded, finding))
    found.sort(key=lambda one: (-one[0], one[1].name))
    return tuple(finding for _, finding in found)


_EVERYTHING = 1_000
_Said = tuple[str, float, str]
"""A gap's name, the share of records that do not suffer from it, and the sentence."""


def _of_lines(lines: int, rejected: int, notices: Sequence[Notice]) -> Iterator[_Said]:
    if rejected:
        yield "rejected", 1 - rejected / max(lines, 1), f"{rejected:,} of {lines:,} lines could not be read"
    if notices:
        more = f", and {len(notices) - 1:,} more" if len(notices) > 1 else ""
        yield "unfinished", 0.0, f"{notices[0].file}: {notices[0].text}{more}"


def _of_fields(counts: Counts) -> Iterator[_Said]:
    for one in counts.presences():
        what = gaps()[one.field].what
        of = f"the {counts.seen:,} exchanges"
        if one.field in ("reply_words", "tokens"):
            of = f"the {counts.succeeded:,} exchanges that succeeded"
            if not counts.succeeded:
                continue
        yield one.field, one.share, f"{_share(1 - one.share)} of {of} have no {what}"


def _of_words(counts: Counts) -> Iterator[_Said]:
    cut = counts.limits()
    if counts.truncated or cut:
        says = f"the log marks {_share(counts.truncated / counts.seen)} of {counts.seen:,} exchanges as cut"
        if cut:
            one = cut[0]
            what = gaps()[one.field].what
            says += (
                f"; {one.texts:,} different {what} end at {one.characters:,} characters and none is longer"
            )
        yield "truncated", 0.0 if cut else 1 - counts.truncated / counts.seen, says
    for name, withheld, what, accounts in (
        ("withheld_requests", counts.withheld_requests, "request", counts.opted_out_requests()),
        ("withheld_replies", counts.withheld_replies, "reply", counts.opted_out_replies()),
    ):
        if 0 < withheld < counts.seen:
            says = (
                f"{_share(withheld / counts.seen)} of {counts.seen:,} exchanges withhold the {what}'s words"
            )
            all_of = f"{accounts:,} of {counts.accounts():,} accounts do in all of theirs"
            yield name, 1 - withheld / counts.seen, f"{says}; {all_of}"
    if counts.sampled:
        says = f"{_share(counts.sampled / counts.seen)} of exchanges stand for others: as few as "
        yield (
            "sampled",
            1 - counts.sampled / counts.seen,
            says + f"{_share(counts.sampling_rate)} of traffic is kept",
        )
    doubles = counts.duplicate_share()
    if doubles:
        yield "duplicates", 1 - doubles, f"about {_share(doubles)} of records have an id that came before"


def _of_clocks(clocks: Clocks, silences: Sequence[Silence]) -> Iterator[_Said]:
    seen = clocks.seen
    if clocks.out_of_order:
        says = (
            f"{clocks.out_of_order:,} of {seen:,} exchanges start more than {LATE_S / 60:.0f} minutes before "
            f"one that stands earlier in the file, at most {clocks.furthest_back_s / 3600:,.1f} hours"
        )
        yield "out_of_order", 1 - clocks.out_of_order / seen, says
    if clocks.ends_before_start:
        says = f"{clocks.ends_before_start:,} of {clocks.with_end:,} exchanges end before they start"
        yield "ends_before_start", 1 - clocks.ends_before_start / clocks.with_end, says
    if clocks.ahead_of_time:
        says = f"{clocks.ahead_of_time:,} of {seen:,} exchanges start later than the present"
        yield "ahead_of_time", 1 - clocks.ahead_of_time / seen, says
    if seen >= _FEWEST_CLOCKS:
        whole = clocks.whole_seconds / seen
        yield "whole_seconds", 1 - whole, f"{_share(whole)} of {seen:,} exchanges start on a whole second"
    if silences:
        one = silences[0]
        more = f"; {len(silences) - 1:,} more such silences" if len(silences) > 1 else ""
        says = (
            f"nothing from {_hour(one.from_s)} to {_hour(one.to_s)}, where about {one.expected:,.0f} "
            f"exchanges were to be expected{more}"
        )
        lost = sum(silence.expected for silence in silences)
        yield "silence", seen / (seen + lost), says


_FEWEST_CLOCKS = 20


def _share(share: float) -> str:
    return "all" if share >= 1 else f"{share:.1%}" if share >= 0.001 else f"{share:.2g}"


def _hour(at_s: float) -> str:
    return datetime.fromtimestamp(at_s, UTC).strftime("%Y-%m-%d %H:%M UTC")
