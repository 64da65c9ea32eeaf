"""The report as one page: self-contained, offline, legible without scripts, deaf to whatever a log says."""

import math
from functools import cache
from typing import Any, NamedTuple

from excise.open_folder import members
from excise.report.figures import Figure
from excise.report.findings import AccountFacts, Findings, Portrait
from excise.report.headline import since
from excise.report.selfcontained import selfcontained
from excise.report.table import Column, Kind, Table

MOST_ACCOUNTS = 200
"""Accounts of a campaign that the page lists; ``verdicts.jsonl`` has all."""


class Shown(NamedTuple):
    """A figure as the page shows it: ``key`` names its place, ``absent`` says why there is no picture."""

    key: str
    title: str
    says: str
    absent: str | None
    table: Table
    folded: bool
    height_px: int


class _Part(NamedTuple):
    """One campaign's part of the page."""

    anchor: str
    portrait: Portrait
    figures: tuple[Shown, ...]
    linked: Table
    accounts: Table
    changed: bool


def render(findings: Findings) -> str:
    """Return the page as HTML. The same findings give the same bytes.

    >>> from excise.report.findings import Totals
    >>> page = render(Findings(title="<i>", generated_at_s=0.0, started_at_s=0.0, ended_at_s=0.0,
    ...     totals=Totals(exchanges=0, accounts=0, actors=0), campaigns=()))
    >>> "<title>&lt;i&gt;</title>" in page
    True
    """
    pictures: dict[str, str] = {}
    overview = shown(findings, "scan", pictures)
    parts = tuple(
        _Part(
            anchor=(anchor := f"campaign-{place}"),
            portrait=portrait,
            figures=shown(portrait, anchor, pictures),
            linked=ties(portrait),
            accounts=accounts(portrait),
            changed=bool(since(portrait.campaign)),
        )
        for place, portrait in enumerate(findings.portraits(), start=1)
    )
    heights = {
        shown.key: shown.height_px for shown in (*overview, *(s for part in parts for s in part.figures))
    }
    return selfcontained(
        "report.html.j2",
        {
            "findings": findings,
            "overview": overview,
            "parts": parts,
            "permitted": _permitted(findings),
            "since": since,
        },
        package="excise.report",
        pictures=pictures,
        heights_px=heights,
    )


def accounts(portrait: Portrait, most: int = MOST_ACCOUNTS) -> Table:
    """Return the table of a campaign's accounts, highest rank first, with a note where ``most`` rows cut it.

    A column that is empty for all of them is left out (networks, where no list of them was brought), and so
    are rank and bits where all have the campaign's own.
    """
    joined = frozenset(portrait.campaign.joined)
    lines = sorted(portrait.accounts, key=_by_rank)
    columns: list[tuple[str, Kind, list[Any]]] = [
        ("account", "name", [line.account for line in lines]),
        ("rank", "bits", [line.rank for line in lines]),
        ("bits", "bits", [line.bits for line in lines]),
        ("exchanges", "count", [line.exchanges for line in lines]),
        ("tokens out", "count", [line.tokens_out for line in lines]),
        ("opened", "day", [line.created_at_s for line in lines]),
        ("first", "moment", [line.first_at_s for line in lines]),
        ("last", "moment", [line.last_at_s for line in lines]),
        ("addresses", "count", [line.addresses or None for line in lines]),
        ("networks", "count", [line.networks or None for line in lines]),
        ("verified by", "name", [line.verification for line in lines]),
        ("programme", "name", [line.programme for line in lines]),
        ("since last scan", "text", ["joined" if line.account in joined else None for line in lines]),
    ]
    own = {"rank": portrait.campaign.rank, "bits": portrait.campaign.bits}
    kept = [
        (name, kind, cells)
        for name, kind, cells in columns
        if any(cell is not None and cell != own.get(name) for cell in cells)
    ]
    note = (
        f"The first {most:,} of {len(lines):,}; verdicts.jsonl has all of them." if len(lines) > most else ""
    )
    return Table(
        caption="Highest rank first, then most tokens out",
        columns=tuple(Column(name, kind) for name, kind, _ in kept),
        rows=tuple(zip(*(cells[:most] for _, _, cells in kept), strict=True)),
        note=note,
    )


def _by_rank(line: AccountFacts) -> tuple[float, int, str]:
    rank = line.rank
    return (-rank if rank is not None and math.isfinite(rank) else math.inf, -line.tokens_out, line.account)


def ties(portrait: Portrait) -> Table:
    """Return the table of why a campaign's accounts are held to have one owner."""
    return Table(
        caption="Each kind of tie, with its mean weight over the links between them",
        columns=(Column("tie", "name"), Column("weight", "weight"), Column("because", "text")),
        rows=tuple((tie.signal, tie.weight, tie.text) for tie in portrait.campaign.linked),
    )


def _permitted(findings: Findings) -> Table:
    rows = sorted(findings.permitted, key=lambda p: (-p.tokens_out, p.actor))
    return Table(
        caption="By tokens out, largest first",
        columns=(
            Column("actor", "name"),
            Column("programme", "name"),
            Column("accounts", "count"),
            Column("exchanges", "count"),
            Column("tokens out", "compact"),
            Column("rank", "bits"),
        ),
        rows=tuple(
            (p.actor, p.programme, p.accounts, p.exchanges, p.tokens_out, p.rank)
            for p in rows[:MOST_ACCOUNTS]
        ),
        note=f"The first {MOST_ACCOUNTS} of {len(rows):,}." if len(rows) > MOST_ACCOUNTS else "",
    )


def shown(subject: Findings | Portrait, anchor: str, pictures: dict[str, str]) -> tuple[Shown, ...]:
    """Prepare all figures of a subject, and put their pictures into ``pictures`` by key."""
    shown = []
    for name, kind in _figures():
        if not isinstance(subject, kind.subject):
            continue
        figure = kind()
        absent = figure.absent(subject)
        key = f"{anchor}-{name}"
        height_px = 0
        if absent is None:
            picture = figure.draw(subject)
            height_px = int(picture.layout.height)
            pictures[key] = picture.to_json(validate=False)
        shown.append(
            Shown(
                key=key,
                title=kind.title,
                says=figure.says(subject) if absent is None else "",
                absent=absent,
                table=figure.table(subject),
                folded=kind.folded,
                height_px=height_px,
            )
        )
    return tuple(shown)


@cache
def _figures() -> tuple[tuple[str, type[Figure[Any]]], ...]:
    found = members("excise.report.figures", Figure)  # type: ignore[type-abstract]
    return tuple(sorted(found.items(), key=lambda item: (item[1].place, item[0])))
