"""The overview: all campaigns of a scan by bits, size and exposure."""

import math
from collections.abc import Callable
from typing import ClassVar

import plotly.graph_objects as go

from excise.report import quantities
from excise.report.canvas import draw, hover, label
from excise.report.figures import Figure
from excise.report.findings import Findings
from excise.report.headline import particular, since
from excise.report.palette import BLUE, GREY, INK, QUIET, VERMILLION
from excise.report.table import Cell, Column, Kind, Table

_MOST_ROWS = 40
_ROW_PX = 26
_GAP = 0.04
_MOST_TICKS = 3


class Overview(Figure[Findings]):
    """Which campaign is surest, which is largest, which took most."""

    title: ClassVar[str] = "How sure, how large, how much was taken"
    subject: ClassVar[type] = Findings
    place: ClassVar[int] = 10
    folded: ClassVar[bool] = False

    def draw(self, subject: Findings) -> go.Figure:
        """Draw a row for each campaign and a dot in each of three panels: bits, accounts, tokens out."""
        campaigns = subject.ranked()[:_MOST_ROWS]
        rows = list(range(len(campaigns)))
        ceiling = subject.calibration.ceiling_bits if subject.calibration else None
        panels: tuple[tuple[str, list[float], str, Callable[[float], str]], ...] = (
            (
                "bits",
                [c.bits for c in campaigns],
                "linear",
                quantities.bits,
            ),
            ("accounts", [max(len(c.accounts), 1) for c in campaigns], "log", quantities.count),
            ("tokens out", [max(c.tokens_out, 1) for c in campaigns], "log", quantities.compact),
        )
        traces: list[dict[str, object]] = []
        layout: dict[str, object] = {}
        narrow: dict[str, object] = {"margin.l": 124, "yaxis.tickfont.size": 11}
        notes: list[dict[str, object]] = []
        span = (1 - _GAP * (len(panels) - 1)) / len(panels)
        for place, (name, values, scale, write) in enumerate(panels):
            suffix = "" if place == 0 else str(place + 1)
            left = place * (span + _GAP)
            traces.append(
                {
                    "type": "scatter",
                    "mode": "markers",
                    "x": values,
                    "y": rows,
                    "xaxis": f"x{suffix}",
                    "yaxis": "y",
                    "marker": {
                        "size": 11,
                        "color": [VERMILLION.light if c.new else BLUE.light for c in campaigns],
                        "symbol": ["diamond" if c.new else "circle" for c in campaigns],
                    },
                    "hovertext": [
                        hover([c.name, f"{write(value)} {name}"])
                        for c, value in zip(campaigns, values, strict=True)
                    ],
                    "hovertemplate": "%{hovertext}<extra></extra>",
                    "cliponaxis": False,
                }
            )
            axis = _linear(values, ceiling) if scale == "linear" else _logarithmic(values, _MOST_TICKS)
            layout[f"xaxis{suffix}"] = {
                "domain": [left, left + span],
                "zeroline": False,
                "tickangle": 0,
                **axis,
            }
            if scale == "log":
                few = _logarithmic(values, _MOST_TICKS - 1)
                narrow[f"xaxis{suffix}.tickfont.size"] = 11
                narrow |= {f"xaxis{suffix}.{name}": few[name] for name in ("tickvals", "ticktext")}
            notes.append(
                {
                    "x": left,
                    "xref": "paper",
                    "xanchor": "left",
                    "y": 1,
                    "yref": "paper",
                    "yanchor": "bottom",
                    "text": name,
                    "showarrow": False,
                    "font": {"size": 12, "color": QUIET.light},
                }
            )
        return draw(
            traces,
            {
                **layout,
                "height": 72 + _ROW_PX * len(campaigns),
                "margin": {"l": 142, "r": 14, "t": 28, "b": 34},
                "showlegend": False,
                "annotations": notes,
                "shapes": []
                if ceiling is None
                else [
                    {
                        "type": "line",
                        "x0": ceiling,
                        "x1": ceiling,
                        "yref": "paper",
                        "y0": 0,
                        "y1": 1,
                        "line": {"color": GREY.light, "width": 1.5, "dash": "dash"},
                    }
                ],
                "yaxis": {
                    "range": [len(campaigns) - 0.5, -0.5],
                    "tickvals": rows,
                    "ticktext": [label(c.name, 20) for c in campaigns],
                    "tickfont": {"size": 12, "color": INK.light},
                    "zeroline": False,
                },
                "meta": {"narrow": narrow},
            },
        )

    def table(self, subject: Findings) -> Table:
        """Return the summary of campaigns, each linked to its own part of the page."""
        campaigns = subject.ranked()
        columns: list[tuple[str, Kind, list[Cell]]] = [
            ("campaign", "name", [c.name for c in campaigns]),
            ("bits", "bits", [c.bits for c in campaigns]),
            ("accounts", "count", [len(c.accounts) for c in campaigns]),
            ("tokens out", "compact", [c.tokens_out for c in campaigns]),
            ("exchanges", "count", [c.exchanges for c in campaigns]),
            ("first", "day", [c.started_at_s for c in campaigns]),
            ("last", "day", [c.ended_at_s for c in campaigns]),
            ("since last scan", "text", [since(c) or None for c in campaigns]),
            ("what sets it apart", "text", [particular(c) for c in campaigns]),
        ]
        kept = [column for column in columns if any(cell is not None for cell in column[2])]
        return Table(
            caption="By bits, strongest first",
            columns=tuple(Column(name, kind) for name, kind, _ in kept),
            rows=tuple(zip(*(cells for _, _, cells in kept), strict=True)),
            anchors=tuple(f"campaign-{place}" for place in range(1, len(campaigns) + 1)),
        )

    def says(self, subject: Findings) -> str:
        """Say what the panels, the dashed line and the diamonds are."""
        text = "Each row is a campaign, strongest first; accounts and tokens out are on a logarithmic scale."
        if subject.calibration:
            text += f" Dashed: no claim may pass {quantities.bits(subject.calibration.ceiling_bits)} bits."
        if any(campaign.new for campaign in subject.campaigns):
            text += " Diamonds are new since the last scan."
        if len(subject.campaigns) > _MOST_ROWS:
            text += f" The first {_MOST_ROWS} of {len(subject.campaigns):,} are drawn."
        return text

    def absent(self, subject: Findings) -> str | None:
        """Say so where no campaign was found."""
        return None if subject.campaigns else "No actor's evidence amounts to a campaign."


def _linear(values: list[float], ceiling: float | None) -> dict[str, object]:
    known = [value for value in values if math.isfinite(value)]
    least, most = min([*known, 0.0]), max([*known, ceiling or 0.0, 1.0])
    return {"type": "linear", "range": [least, most * 1.08], "nticks": 4}


def _logarithmic(values: list[float], most_ticks: int) -> dict[str, object]:
    low, high = math.log10(min(values)) - 0.25, math.log10(max(values)) + 0.25
    steps = [m * 10.0**power for power in range(16) for m in (1, 2, 5)]
    ticks = [step for step in steps if low <= math.log10(step) <= high]
    decades = [tick for tick in ticks if math.log10(tick).is_integer()]
    ticks = decades if len(decades) > 1 else ticks
    ticks = ticks[:: math.ceil(len(ticks) / most_ticks)] if ticks else []
    return {
        "type": "log",
        "range": [low, high],
        "tickvals": ticks,
        "ticktext": [*map(quantities.compact, ticks)],
    }
