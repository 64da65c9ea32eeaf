"""The tie graph: which accounts are tied, by what kind of tie, and why."""

from typing import ClassVar

import plotly.graph_objects as go

from excise.linking.actor import Link
from excise.linking.ties import BLOCKS
from excise.report import quantities
from excise.report.canvas import draw, hover, label
from excise.report.figures import Figure
from excise.report.findings import AccountFacts, Portrait
from excise.report.legible import legible
from excise.report.palette import BLUE, GREEN, GREY, GROUND, INK, PURPLE, QUIET, VERMILLION, Shade
from excise.report.table import Column, Table
from excise.report.tie_graph import TieGraph, tie_graph

_MOST_ROWS = 100
_MOST_STRANDS = 4
_LOOKS = (
    (BLUE, "solid"),
    (VERMILLION, "dash"),
    (PURPLE, "longdash"),
    (GREEN, "dot"),
    (GREY, "dashdot"),
    (INK, "longdashdot"),
)
"""One look for each block, in the order of ``BLOCKS``, so that a block looks the same in every campaign."""

_OTHERS = (QUIET, "dot")
_UNNAMED = "unnamed"


class Ties(Figure[Portrait]):
    """How the accounts of a campaign hang together."""

    title: ClassVar[str] = "What ties its accounts"
    subject: ClassVar[type] = Portrait
    place: ClassVar[int] = 30

    def draw(self, subject: Portrait) -> go.Figure:
        """Draw accounts as dots (larger: more exchanges) and links as lines, each block its own way."""
        graph = tie_graph(subject.campaign.links, subject.seed)
        place = {account: graph.places[at] for at, account in enumerate(graph.accounts)}
        facts = {line.account: line for line in subject.accounts}
        looks = _looks(graph)
        traces: list[dict[str, object]] = []
        for shade, dash in dict.fromkeys(looks.values()):
            its = [link for link in graph.links if looks[_block(link)] == (shade, dash)]
            blocks = [block for block in looks if looks[block] == (shade, dash)]
            traces.append(
                {
                    "type": "scatter",
                    "mode": "lines",
                    "name": label(
                        _spaced(blocks[0]) if len(blocks) == 1 else f"{len(blocks)} other kinds", 24
                    ),
                    "x": [x for link in its for x in (place[link.one][0], place[link.other][0], None)],
                    "y": [y for link in its for y in (place[link.one][1], place[link.other][1], None)],
                    "line": {"color": shade.light, "dash": dash, "width": 1.5 if len(its) < 200 else 1},
                    "opacity": 0.8,
                    "hoverinfo": "skip",
                }
            )
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": [round((place[link.one][0] + place[link.other][0]) / 2, 3) for link in graph.links],
                "y": [round((place[link.one][1] + place[link.other][1]) / 2, 3) for link in graph.links],
                "marker": {"size": 10, "opacity": 0},
                "hovertext": [hover(_why(link)) for link in graph.links],
                "hovertemplate": "%{hovertext}<extra></extra>",
                "showlegend": False,
            }
        )
        small = 6.0 if len(graph.accounts) <= 100 else 4.0
        most = max((line.exchanges for line in subject.accounts), default=0) or 1
        sizes = [small * (1 + (_exchanges(facts.get(account)) / most) ** 0.5) for account in graph.accounts]
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": graph.places[:, 0].tolist(),
                "y": graph.places[:, 1].tolist(),
                "marker": {
                    "size": [round(size, 1) for size in sizes],
                    "color": INK.light,
                    "opacity": 1,
                    "line": {"color": GROUND.light, "width": 1.5 if small > 4 else 1},
                },
                "hovertext": [hover(_who(account, facts.get(account))) for account in graph.accounts],
                "hovertemplate": "%{hovertext}<extra></extra>",
                "showlegend": False,
            }
        )
        hidden = {"visible": False, "showgrid": False, "zeroline": False}
        return draw(
            traces,
            {
                "height": 300 if len(graph.accounts) < 12 else 440,
                "margin": {"l": 12, "r": 12, "t": 34, "b": 12},
                "showlegend": True,
                "legend": {"itemclick": False, "itemdoubleclick": False},
                "xaxis": {**hidden, "scaleanchor": "y"},
                "yaxis": hidden,
                "meta": {"narrow": {"margin.t": 58}},
            },
        )

    def table(self, subject: Portrait) -> Table:
        """Return the strongest links, and why each."""
        links = sorted(subject.campaign.links, key=lambda link: (-link.weight, link.one, link.other))
        note = f"The strongest {_MOST_ROWS} of {len(links):,}; ties.parquet has the others."
        return Table(
            caption="The strongest links, and why",
            columns=(
                Column("account", "name"),
                Column("other account", "name"),
                Column("weight", "weight"),
                Column("because", "text"),
            ),
            rows=tuple(
                (link.one, link.other, link.weight, "; ".join(_strands(link, _MOST_STRANDS)) or None)
                for link in links[:_MOST_ROWS]
            ),
            note=note if len(links) > _MOST_ROWS else "",
        )

    def says(self, subject: Portrait) -> str:
        """Say how many links there are, by what, and what the picture leaves out."""
        graph = tie_graph(subject.campaign.links, subject.seed)
        counts: dict[str, int] = {}
        for link in graph.links:
            counts[_block(link)] = counts.get(_block(link), 0) + 1
        by = ", ".join(
            f"{number:,} mostly by {legible(_spaced(block), 24)}" for block, number in _most_first(counts)
        )
        text = (
            f"{quantities.plural(len(graph.links), 'link')} between "
            f"{quantities.plural(len(graph.accounts), 'account')}: {by}."
        )
        if graph.all_accounts > len(graph.accounts):
            text += (
                f" Drawn are {len(graph.accounts)} of {graph.all_accounts:,} accounts, "
                "from the most strongly tied one outward along the strongest links."
            )
        if graph.all_links > len(graph.links):
            text += (
                f" Of {graph.all_links:,} links, the strongest are drawn, and those that hold them together."
            )
        untied = len(set(subject.campaign.accounts)) - graph.all_accounts
        if untied > 0:
            text += f" In no link recorded here: {quantities.plural(untied, 'account')}."
        return (
            text
            + " Larger dots sent more exchanges. Point at a dot or the middle of a line to see who, and why."
        )

    def absent(self, subject: Portrait) -> str | None:
        """Say so where no links were handed over."""
        if subject.campaign.links:
            return None
        return (
            "No link between single accounts is strong enough to draw."
            if len(subject.campaign.accounts) > 1
            else ("This campaign is one account, so there is nothing to tie.")
        )


def _block(link: Link) -> str:
    """Return the block of a link's strongest strand: what the link mostly rests on."""
    strongest = max(link.strands, key=lambda strand: strand.weight, default=None)
    return (strongest.block if strongest else "") or _UNNAMED


def _spaced(block: str) -> str:
    return block.replace("_", " ")


def _most_first(counts: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _looks(graph: TieGraph) -> dict[str, tuple[Shade, str]]:
    """Give each block that the graph shows its color and dash, the usual ones first."""
    usual: dict[str, tuple[Shade, str]] = dict(zip(BLOCKS, _LOOKS, strict=False))
    blocks = {_block(link) for link in graph.links}
    ordered = [block for block in usual if block in blocks] + sorted(blocks - usual.keys())
    return {block: usual.get(block, _OTHERS) for block in ordered}


def _exchanges(facts: AccountFacts | None) -> int:
    return facts.exchanges if facts else 0


def _who(account: str, facts: AccountFacts | None) -> list[str]:
    lines = [legible(account, 60)]
    if facts:
        lines.append(
            f"{quantities.plural(facts.exchanges, 'exchange')}, "
            f"{quantities.compact(facts.tokens_out)} tokens out"
        )
        lines.append(f"active {quantities.day(facts.first_at_s)} to {quantities.day(facts.last_at_s)}")
        if facts.created_at_s is not None:
            lines.append(f"opened {quantities.day(facts.created_at_s)}")
    return lines


def _why(link: Link) -> list[str]:
    pair = f"{legible(link.one, 24)} and {legible(link.other, 24)}: {quantities.weight(link.weight)}"
    return [pair, *_strands(link, 3)]


def _strands(link: Link, most: int) -> list[str]:
    ordered = sorted(link.strands, key=lambda strand: (-abs(strand.weight), strand.tie))
    shown = [
        f"{quantities.weight(s.weight)} {legible(s.text, 90) or legible(s.tie, 40)}" for s in ordered[:most]
    ]
    return [*shown, f"and {len(ordered) - most} more"] if len(ordered) > most else shown
