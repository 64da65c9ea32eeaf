"""The bits waterfall: from the prior over each reason to the rank, and how much of that is claimed."""

import math
from typing import ClassVar, Literal

import plotly.graph_objects as go
from msgspec import Struct

from excise.detection.campaign import Because, Campaign
from excise.report import quantities
from excise.report.canvas import draw, hover, label
from excise.report.figures import Figure
from excise.report.findings import Portrait
from excise.report.palette import AGAINST, FOR, INK, QUIET, SUM
from excise.report.table import Column, Table

_MOST_STEPS = 14
_ROW_PX = 30
_LEAST = 0.05  # less does not show in one decimal
_UNIT = {
    "text": "match weight (bits)",
    "xref": "paper",
    "x": 0.5,
    "yref": "paper",
    "y": 0,
    "yanchor": "top",
    "yshift": -22,
    "showarrow": False,
    "font": {"size": 12, "color": QUIET.light},
}  # an annotation and no axis title: Plotly now and then puts those at minus infinity while a page settles
_HOLLOW = "rgba(0,0,0,0)"
_LOOKS = {
    "for": (FOR.light, FOR.light),
    "against": (_HOLLOW, AGAINST.light),  # hollow, so that it differs by more than color
    "rest": (_HOLLOW, SUM.light),
    "sum": (SUM.light, SUM.light),
}
"""How each kind of step is filled and edged."""


class _Step(Struct, frozen=True):
    name: str
    text: str
    start: float
    end: float
    value: float
    kind: Literal["for", "against", "rest", "sum"]


class Waterfall(Figure[Portrait]):
    """Which reasons carry a campaign, which speak against it, and what they come to."""

    title: ClassVar[str] = "What the bits rest on"
    subject: ClassVar[type] = Portrait
    place: ClassVar[int] = 10
    folded: ClassVar[bool] = False

    def draw(self, subject: Portrait) -> go.Figure:
        """Draw one bar a reason, each from where the one above ended."""
        campaign = subject.campaign
        steps = _steps(subject)
        rows = {kind: [at for at, step in enumerate(steps) if step.kind == kind] for kind in _LOOKS}
        traces: list[dict[str, object]] = [
            {
                "type": "bar",
                "orientation": "h",
                "name": kind,
                "y": its,
                "base": [min(steps[at].start, steps[at].end) for at in its],
                "x": [abs(steps[at].end - steps[at].start) for at in its],
                "width": 0.62,
                "marker": {"color": _LOOKS[kind][0], "line": {"color": _LOOKS[kind][1], "width": 2}},
                "hovertext": [hover([steps[at].name, _figure(steps[at]), steps[at].text]) for at in its],
                "hovertemplate": "%{hovertext}<extra></extra>",
            }
            for kind, its in rows.items()
            if its
        ]
        low = min(0.0, *(min(step.start, step.end) for step in steps))
        high = max(
            1.0,
            *(max(step.start, step.end) for step in steps),
            *(b for b in (campaign.bits,) if math.isfinite(b)),
        )
        sides = [_beside(step, campaign.bits, 0.16 * (high - low)) for step in steps]
        traces.append(
            {
                "type": "scatter",
                "mode": "text",
                "x": [side[0] for side in sides],
                "y": list(range(len(steps))),
                "text": [f" {_figure(step)} " for step in steps],
                "textposition": [side[1] for side in sides],
                "textfont": {"size": 12, "color": INK.light},
                "hoverinfo": "skip",
                "showlegend": False,
                "cliponaxis": False,
            }
        )
        lines, notes = _limits(campaign, high)
        return draw(
            traces,
            {
                "height": 52 + _ROW_PX * len(steps) + 20 * len(notes),
                "margin": {"l": 142, "r": 12, "t": 8 + 20 * len(notes), "b": 44},
                "barmode": "overlay",
                "showlegend": False,
                "shapes": lines,
                "annotations": [*notes, _UNIT],
                "xaxis": {
                    "range": [low - 0.02 * (high - low), high + 0.16 * (high - low)],
                    "zeroline": True,
                },
                "yaxis": {
                    "range": [len(steps) - 0.5, -0.5],
                    "tickvals": list(range(len(steps))),
                    "ticktext": [label(step.name, 18) for step in steps],
                    "tickfont": {"size": 12, "color": INK.light},
                    "showgrid": False,
                    "zeroline": False,
                },
                "meta": {"narrow": {"margin.l": 132, "yaxis.tickfont.size": 11}},
            },
        )

    def table(self, subject: Portrait) -> Table:
        """Return every reason with its weight, for and against."""
        return Table(
            caption="Every reason, for and against",
            columns=(Column("signal", "name"), Column("weight", "weight"), Column("because", "text")),
            rows=tuple((b.signal, b.weight, b.text) for b in subject.campaign.because),
        )

    def says(self, subject: Portrait) -> str:
        """Say how many reasons point which way, and what is claimed."""
        campaign = subject.campaign
        speak_for = sum(1 for b in campaign.because if b.weight > 0)
        against = sum(1 for b in campaign.because if b.weight < 0)
        return (
            f"{quantities.plural(speak_for, 'reason')} for, {against} against: "
            f"rank {quantities.bits(campaign.rank)}, "
            f"of which {quantities.bits(campaign.bits)} bits are claimed "
            f"(no claim here may pass {quantities.bits(campaign.ceiling_bits)})."
        )


def _steps(portrait: Portrait) -> list[_Step]:
    campaign = portrait.campaign
    reasons = [reason for reason in campaign.because if math.isfinite(reason.weight)]
    kept = sorted(reasons, key=lambda b: (-abs(b.weight), b.signal))[:_MOST_STEPS]
    shown = [reason for reason in reasons if reason in kept]
    rest = [reason for reason in reasons if reason not in kept]
    if rest:
        total = sum(reason.weight for reason in rest)
        shown.append(Because(signal=f"{len(rest)} weaker", weight=total, text="the weaker reasons together"))
    steps = []
    at = portrait.prior_bits
    if at:
        steps.append(_Step("prior", "what is believed before any reason is heard", 0.0, at, at, "sum"))
    for reason in shown:
        kind: Literal["for", "against"] = "for" if reason.weight >= 0 else "against"
        steps.append(_Step(reason.signal, reason.text, at, at + reason.weight, reason.weight, kind))
        at += reason.weight
    rank = campaign.rank if math.isfinite(campaign.rank) else at
    if abs(rank - at) >= _LEAST:
        why = "reasons too weak to name, less what several reasons say alike"
        steps.append(_Step("rest", why, at, rank, rank - at, "rest"))
    steps.append(
        _Step("rank", "what the reasons come to; it orders, and is not evidence", 0.0, rank, rank, "sum")
    )
    return steps


def _figure(step: _Step) -> str:
    return quantities.bits(step.value) if step.kind == "sum" else quantities.weight(step.value)


def _beside(step: _Step, line: float, room: float) -> tuple[float, str]:
    """Return where a bar's number stands: right of it, or left where the line of the claim would cross it.

    A bar that begins at the edge has no room on its left.
    """
    low, high = min(step.start, step.end), max(step.start, step.end)
    crossed = high - room / 8 <= line <= high + room
    return (low, "middle left") if crossed and low >= room else (high, "middle right")


def _limits(campaign: Campaign, high: float) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """Return the lines at the claimed bits and at the ceiling, and their labels, one above the other."""
    limits = [(campaign.bits, f"claimed: {quantities.bits(campaign.bits)} bits", "solid", INK.light)]
    if abs(campaign.ceiling_bits - campaign.bits) < _LEAST:
        limits[0] = (
            campaign.bits,
            f"claimed, at the ceiling: {quantities.bits(campaign.bits)} bits",
            "solid",
            INK.light,
        )
    elif campaign.ceiling_bits <= high * 1.15:
        limits.append(
            (campaign.ceiling_bits, f"ceiling: {quantities.bits(campaign.ceiling_bits)}", "dash", QUIET.light)
        )
    lines: list[dict[str, object]] = []
    notes: list[dict[str, object]] = []
    for place, (at, text, dash, color) in enumerate(limits):
        if not math.isfinite(at):
            continue
        line = {"color": color, "width": 1.5, "dash": dash}
        lines.append({"type": "line", "x0": at, "x1": at, "yref": "paper", "y0": 0, "y1": 1, "line": line})
        notes.append(
            {
                "x": at,
                "y": 1,
                "yref": "paper",
                "yanchor": "bottom",
                "yshift": 20 * place,
                "xanchor": "right" if at > high / 2 else "left",
                "text": text,
                "showarrow": False,
                "font": {"size": 12, "color": color},
            }
        )
    return lines, notes
