"""The report as one page: self-contained, offline, legible without scripts, and deaf to whatever a log says.

The page carries its own scripts and styles, named by their hashes in a Content-Security-Policy, so a script
that got in any other way would not run, and nothing can be fetched or sent. All text passes ``legible`` and
Jinja's escaping; data for the figures travels as JSON in which no tag can end.
"""

import base64
import hashlib
import importlib.resources
import json
import math
import re
from collections.abc import Iterable
from functools import cache
from typing import Any, NamedTuple

import jinja2
from markupsafe import Markup, escape
from plotly.offline import get_plotlyjs

from excise.open_folder import members
from excise.report import quantities
from excise.report.figures import Figure
from excise.report.findings import AccountFacts, Findings, Portrait
from excise.report.headline import since
from excise.report.legible import legible
from excise.report.palette import DARK_FOR_LIGHT, MARKS, SURFACES
from excise.report.table import Column, Kind, Table, sort_key, write

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
    overview = _shown(findings, "scan", pictures)
    parts = tuple(
        _Part(
            anchor=(anchor := f"campaign-{place}"),
            portrait=portrait,
            figures=_shown(portrait, anchor, pictures),
            linked=_linked(portrait),
            accounts=accounts(portrait),
            changed=bool(since(portrait.campaign)),
        )
        for place, portrait in enumerate(findings.portraits(), start=1)
    )
    heights = {
        shown.key: shown.height_px for shown in (*overview, *(s for part in parts for s in part.figures))
    }
    templates = _templates()
    style = templates.get_template("page.css").render(colors={**SURFACES, **MARKS}, heights=heights)
    plotly = _plotly() if pictures else ""
    boot = "document.documentElement.classList.add('scripted');"
    script = _script()
    policy = (
        "default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:; "
        f"script-src {_hashes((boot, plotly, script))}; style-src {_hashes((style, ''))}"
    )
    return templates.get_template("report.html.j2").render(
        findings=findings,
        policy=policy,
        style=style,
        boot=boot,
        plotly=plotly,
        script=script,
        data=_island(pictures),
        overview=overview,
        parts=parts,
        permitted=_permitted(findings),
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


def _linked(portrait: Portrait) -> Table:
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


def _shown(subject: Findings | Portrait, anchor: str, pictures: dict[str, str]) -> tuple[Shown, ...]:
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


def _island(pictures: dict[str, str]) -> str:
    """Return the figures and the colors as JSON that a script element can hold whatever a log put into it."""
    figures = ",".join(f"{json.dumps(key)}:{picture}" for key, picture in pictures.items())
    text = f'{{"figures":{{{figures}}},"dark":{json.dumps(DARK_FOR_LIGHT)}}}'
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _hashes(texts: Iterable[str]) -> str:
    """Return the sources that a Content-Security-Policy allows: exactly these texts."""
    digests = (hashlib.sha256(text.encode()).digest() for text in texts)
    return " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)


@cache
def _plotly() -> str:
    """Return Plotly without the style sheet of its maps: none is drawn, and the policy would refuse it."""
    return re.sub(r"(\.textContent=)'\.(?:maplibregl|mapboxgl)-[^'\\]*'", r"\1''", get_plotlyjs())


@cache
def _script() -> str:
    return importlib.resources.files("excise.report").joinpath("templates/page.js").read_text("utf-8")


@cache
def _templates() -> jinja2.Environment:
    templates = jinja2.Environment(
        loader=jinja2.PackageLoader("excise.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters.update(
        legible=_legible,
        count=quantities.count,
        compact=quantities.compact,
        bits=quantities.bits,
        weight=quantities.weight,
        moment=quantities.moment,
        day=quantities.day,
        size=quantities.size,
        plural=quantities.plural,
    )
    templates.globals.update(
        write=write, sort_key=sort_key, widest=_widest, since=since, soft=_soft, prose=_prose
    )
    return templates


def _widest(table: Table, column: int) -> float:
    """Return the largest weight of a column, for which its longest bar stands."""
    cells = [row[column] for row in table.rows]
    return max((abs(c) for c in cells if isinstance(c, int | float) and math.isfinite(c)), default=0.0) or 1.0


def _legible(text: str, limit: int) -> str:
    return legible(text, limit) or quantities.NOTHING


def _soft(text: str) -> Markup:
    """Return a name that may break after its underscores."""
    return escape(text).replace("_", Markup("_<wbr>"))


def _prose(text: str) -> Markup:
    """Return a sentence in which what stands between backticks is set as code."""
    parts = legible(text, 600).split("`")
    if len(parts) % 2 == 0:
        return escape("`".join(parts))
    return Markup("").join(
        Markup("<code>{}</code>").format(p) if at % 2 else escape(p) for at, p in enumerate(parts)
    )
