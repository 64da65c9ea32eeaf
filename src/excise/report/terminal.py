"""Campaigns in a terminal: a table that fits its width, and the reasons of the first; plain lines elsewhere.

A log's text passes ``legible`` before it is printed, and reaches rich as text without markup, so nothing in a
log can color, move or retitle the terminal of whoever reads it.
"""

from collections.abc import Sequence
from typing import Literal

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from excise.detection.campaign import Campaign
from excise.report import quantities
from excise.report.findings import Findings
from excise.report.headline import particular, since
from excise.report.legible import legible

MOST_CAMPAIGNS = 30
"""Campaigns that the table holds; the files have all."""

_MOST_REASONS = 6
_WIDE, _MEDIUM, _NARROW = 110, 64, 40  # from so many columns on a reason fits into the table, volumes, sizes

_Justify = Literal["left", "right"]


def tell(findings: Findings, console: Console, *, explained: int = 3) -> None:
    """Print the campaigns and the reasons of the first ``explained``; as ``plain`` where no terminal is."""
    if not console.is_terminal:
        text = plain(findings, explained=explained)
        encoding = console.encoding or "utf-8"
        console.file.write(text.encode(encoding, "backslashreplace").decode(encoding))
        return
    campaigns = findings.ranked()
    columns = _columns(campaigns, console.width)
    grid = Grid(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for name, justify in columns:
        grid.add_column(
            name, justify=justify, no_wrap=name != _REASON, overflow="fold" if name == _REASON else "ellipsis"
        )
    for campaign in campaigns[:MOST_CAMPAIGNS]:
        cells = _cells(campaign)
        grid.add_row(*(_text(cells[name], _style(name, campaign)) for name, _ in columns))
    if campaigns:
        console.print(grid)
    for campaign in campaigns[:explained]:
        console.print()
        console.print(Text.assemble((_name(campaign), "bold"), ": ", _sentence(campaign)), overflow="fold")
        reasons = Grid.grid(padding=(0, 2, 0, 0))
        reasons.add_column(justify="right", no_wrap=True, min_width=8 if console.width >= _NARROW else 0)
        reasons.add_column(overflow="fold")
        for weight, _, text, good in _reasons(campaign):
            reasons.add_row(Text(weight, style="cyan" if good else "yellow"), Text(text))
        console.print(reasons)
    if campaigns:
        console.print()
    for line in _closing(findings):
        console.print(Text(line), overflow="fold")


def plain(findings: Findings, *, explained: int = 3) -> str:
    """Return the campaigns as lines of plain text, one a campaign, then the reasons of the first ones.

    >>> from excise.report.findings import Totals
    >>> print(plain(Findings(title="", generated_at_s=0.0, started_at_s=0.0, ended_at_s=0.0,
    ...     totals=Totals(exchanges=5, accounts=2, actors=2), campaigns=())), end="")
    No campaign was found among 2 accounts (5 exchanges).
    """
    campaigns = findings.ranked()
    columns = _columns(campaigns, None)
    rows = [[name for name, _ in columns]]
    for campaign in campaigns[:MOST_CAMPAIGNS]:
        cells = _cells(campaign)
        rows.append([cells[name] for name, _ in columns])
    lines = _align(rows, [justify for _, justify in columns]) if campaigns else []
    for campaign in campaigns[:explained]:
        lines += ["", f"{_name(campaign)}: {_sentence(campaign)}"]
        reasons = [[weight, signal, text] for weight, signal, text, _ in _reasons(campaign)]
        lines += [f"  {line}" for line in _align(reasons, ["right", "left", "left"])]
    lines += ["", *_closing(findings)] if lines else _closing(findings)
    return "".join(f"{line}\n" for line in lines)


_REASON = "what sets it apart"


def _columns(campaigns: Sequence[Campaign], width: int | None) -> list[tuple[str, _Justify]]:
    """Return what fits into a width; everything where there is none."""
    columns: list[tuple[str, _Justify]] = [("campaign", "left")]
    if width is None or width >= _NARROW:
        columns.append(("accounts", "right"))
    if width is None or width >= _MEDIUM:
        columns += [("exchanges", "right"), ("tokens out", "right")]
    columns.append(("bits", "right"))
    if any(map(since, campaigns)):
        columns.append(("new", "left"))
    if width is None or width >= _WIDE:
        columns.append((_REASON, "left"))
    return columns


def _cells(campaign: Campaign) -> dict[str, str]:
    return {
        "campaign": _name(campaign),
        "accounts": quantities.count(len(campaign.accounts)),
        "exchanges": quantities.count(campaign.exchanges),
        "tokens out": quantities.compact(campaign.tokens_out),
        "bits": quantities.bits(campaign.bits),
        "new": since(campaign),
        _REASON: legible(particular(campaign), 160),
    }


def _style(name: str, campaign: Campaign) -> str:
    if name == "new" and campaign.new:
        return "bold yellow"
    return "bold" if name in ("campaign", "bits") else ""


def _name(campaign: Campaign) -> str:
    return legible(campaign.name, 32) or quantities.NOTHING


def _sentence(campaign: Campaign) -> str:
    return f"{legible(campaign.sentence, 300)}; {quantities.bits(campaign.bits)} bits"


def _reasons(campaign: Campaign) -> list[tuple[str, str, str, bool]]:
    """Return the weightiest reasons in the campaign's order: weight, signal, text, whether it speaks for."""
    kept = sorted(campaign.because, key=lambda reason: -abs(reason.weight))[:_MOST_REASONS]
    shown = [
        (quantities.weight(b.weight), legible(b.signal, 32), legible(b.text, 300), b.weight > 0)
        for b in campaign.because
        if b in kept
    ]
    left = len(campaign.because) - len(shown)
    return [*shown, ("", "", f"and {quantities.plural(left, 'weaker reason')}", True)] if left > 0 else shown


def _closing(findings: Findings) -> list[str]:
    """Return what is said last: how many campaigns there are, what is gone, what could not be seen."""
    read = (
        f"{quantities.plural(findings.totals.accounts, 'account')} "
        f"({quantities.plural(findings.totals.exchanges, 'exchange')})"
    )
    if findings.campaigns:
        lines = [f"{quantities.plural(len(findings.campaigns), 'campaign')} found among {read}."]
        if len(findings.campaigns) > MOST_CAMPAIGNS:
            lines[0] += f" The first {MOST_CAMPAIGNS} are shown; campaigns.jsonl has all."
    else:
        lines = [f"No campaign was found among {read}."]
    if findings.gone:
        lines[0] += f" No longer seen since the last scan: {len(findings.gone):,}."
    lines += [f"Not seen: {legible(sentence, 1000)}" for sentence in findings.blind]
    return lines


def _text(cell: str, style: str) -> Text:
    return Text(cell, style=style)


def _align(rows: Sequence[Sequence[str]], justify: Sequence[_Justify]) -> list[str]:
    """Set rows in columns as wide as their widest cell, in the cells that a terminal draws."""
    widths = [max((cell_len(row[at]) for row in rows), default=0) for at in range(len(justify))]
    lines = []
    for row in rows:
        cells = []
        for cell, width, side in zip(row, widths, justify, strict=True):
            room = " " * (width - cell_len(cell))
            cells.append(room + cell if side == "right" else cell + room)
        lines.append("  ".join(cells).rstrip())
    return lines
