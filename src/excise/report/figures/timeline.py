"""The timeline: which account was active when, on lanes, with the moments that explain a change."""

import math
from typing import ClassVar

import plotly.graph_objects as go

from excise.report import quantities
from excise.report.canvas import draw, hover, label
from excise.report.figures import Figure
from excise.report.findings import Event, Portrait
from excise.report.lanes import Lanes, lanes, width
from excise.report.legible import legible
from excise.report.palette import BLUE, HEAT, INK, QUIET, VERMILLION
from excise.report.table import Column, Table

_DAY_S = 86400.0
_MOST_ROWS = 400
_NAMED_LANES = 26
_MOST_LETTERS = 26
_MOST_NAMED = 3
_STRIP_PX = 84
_WHEN = "%{x|%d %b %Y %H:%M}<br>"
_DASHES = {"release": "dash", "decision": "solid", "undone": "dot", "hand": "dashdot"}
"""How the line of each kind of moment is drawn: what color says too, and print and color blindness lose."""

_LEGEND = "A release is dashed, a decision unbroken, its end dotted, what was done by hand dashed and dotted."
_STOPS = {
    "suspension": ("x-thin", "a cross where an account was suspended"),
    "silence": ("circle-open", "a ring where it fell silent"),
    "begin": ("triangle-right-open", "a triangle where it began when others had to stop"),
}
_LETTER_WIDTH = 0.02
_BEYOND = 0.1
"""A moment so shortly after the last exchange, in shares of the whole time, is in the picture too."""

_VERBS = {
    "release": "released",
    "decision": "made",
    "undone": "ended",
    "hand": "made by hand",
    "suspension": "suspended",
    "silence": "fell silent",
    "begin": "began",
}
_WHAT = {"release": "model", "decision": "decision", "undone": "decision", "hand": "change"}
_OUT_OF_SIGHT = "rgba(0,0,0,0)"


class Timeline(Figure[Portrait]):
    """When each account of a campaign was active: handovers, shifts without a night, a jump on a release."""

    title: ClassVar[str] = "When its accounts were active"
    subject: ClassVar[type] = Portrait
    place: ClassVar[int] = 20

    def draw(self, subject: Portrait) -> go.Figure:
        """Draw the campaign's exchanges over time above a lane for each account (or group of accounts)."""
        grid = lanes(subject)
        lane_px = 17 if len(grid.lanes) <= _NAMED_LANES else 9
        plot_px = _STRIP_PX + 18 + max(60, lane_px * len(grid.lanes))
        strip = (plot_px - _STRIP_PX) / plot_px
        named = len(grid.lanes) <= _NAMED_LANES
        starts = [at_s * 1000 for at_s in grid.starts_s()]  # Plotly counts milliseconds
        names = _names(grid)
        totals = grid.counts.sum(axis=0)
        traces: list[dict[str, object]] = [
            {
                "type": "bar",
                "x": starts,
                "y": totals,
                "offset": 0,
                "width": grid.width_s * 1000,
                "customdata": grid.active,
                "marker": {"color": BLUE.light, "line": {"width": 0}},
                "yaxis": "y2",
                "hovertemplate": _WHEN + "%{y:,} exchanges of %{customdata:,} accounts<extra></extra>",
            },
            {
                "type": "heatmap",
                "x0": starts[0] + grid.width_s * 500,
                "dx": grid.width_s * 1000,
                "y": names,
                "z": grid.counts,
                "zmin": 0,
                "zmax": int(grid.counts.max()),
                "colorscale": _scale(int(grid.counts.max())),
                "showscale": False,
                "ygap": 1,
                "hovertemplate": _WHEN + "%{z:,} exchanges<br>%{y}<extra></extra>",
            },
            *_stops(subject, grid, names),
        ]
        marked = _moments(subject, grid)
        marks, letters = _lettered(marked, _end_s(grid) - grid.origin_s)
        end_s = max([_end_s(grid), *(event.at_s + grid.width_s / 2 for event in marked)])
        return draw(
            traces,
            {
                "height": plot_px + 24 + 40,
                "margin": {"l": 142 if named else 34, "r": 12, "t": 24, "b": 40},
                "showlegend": False,
                "bargap": 0,
                "shapes": marks,
                "annotations": letters,
                "xaxis": {
                    "type": "date",
                    "range": [starts[0], end_s * 1000],
                    "anchor": "y",
                    "showgrid": False,
                    "tickformatstops": [
                        {"dtickrange": [None, 3_600_000], "value": "%H:%M"},
                        {"dtickrange": [3_600_000, 86_399_999], "value": "%d %b\n%H:%M"},
                        {"dtickrange": [86_400_000, None], "value": "%d %b"},
                    ],
                    "nticks": 8,
                },
                "yaxis": {
                    "domain": [0, strip - 18 / plot_px],
                    "type": "category",
                    "range": [len(grid.lanes) - 0.5, -0.5],
                    "showgrid": False,
                    "zeroline": False,
                    "tickvals": names,
                    "ticktext": [label(lane.accounts[0], 18) for lane in grid.lanes],
                    "showticklabels": named,
                    "ticks": "",
                    "tickfont": {"size": 11, "color": INK.light},
                },
                "yaxis2": {
                    "domain": [strip, 1],
                    "range": [0, int(totals.max()) * 1.05],
                    "nticks": 3,
                    "tickformat": "~s",
                    "zeroline": False,
                },
                "meta": {"narrow": {"margin.l": 122 if named else 34, "xaxis.nticks": 4}},
            },
        )

    def table(self, subject: Portrait) -> Table:
        """Return the exchanges and the active accounts of each day, with what happened on it."""
        grid = subject.bins
        span_s = max(_DAY_S, grid.width_s)
        exchanges: dict[int, int] = {}
        active: dict[int, set[str]] = {}
        for account in subject.accounts:
            for at, number in zip(account.bins, account.counts, strict=True):
                day = int((grid.origin_s + at * grid.width_s) // span_s)
                exchanges[day] = exchanges.get(day, 0) + number
                active.setdefault(day, set()).add(account.account)
        happened: dict[int, list[Event]] = {}
        for event in filter(lambda event: math.isfinite(event.at_s), subject.events):
            happened.setdefault(int(event.at_s // span_s), []).append(event)
        days = sorted(exchanges)
        left_out = f" The first {_MOST_ROWS} of {len(days):,} days." if len(days) > _MOST_ROWS else ""
        return Table(
            caption="Activity by day (UTC)",
            columns=(
                Column("day", "day"),
                Column("active accounts", "count"),
                Column("exchanges", "count"),
                Column("what happened", "text"),
            ),
            rows=tuple(
                (
                    day * span_s,
                    len(active[day]),
                    exchanges[day],
                    "; ".join(_sum_up(happened.get(day, []))) or None,
                )
                for day in days[:_MOST_ROWS]
            ),
            note=left_out.strip(),
        )

    def says(self, subject: Portrait) -> str:
        """Say the span, how the lanes are grouped, and what the letters and crosses are."""
        grid = lanes(subject)
        if not _grouped(grid):
            text = f"Each of the {len(grid.lanes)} lanes is an account"
        else:
            text = (
                f"{quantities.plural(grid.accounts, 'account')} on {len(grid.lanes)} lanes, "
                f"{max(len(lane.accounts) for lane in grid.lanes)} to a lane"
            )
        per = width(grid.width_s)
        text += (
            f", in order of first exchange; a cell is {per if per[0].isdigit() else f'one {per}'} (UTC), and"
        )
        text += " stronger color is more exchanges. The bars on top add them up."
        moments = _moments(subject, grid)
        if moments:
            named = [
                f"{chr(65 + place)} {_say(event)}" for place, event in enumerate(moments[:_MOST_LETTERS])
            ]
            more = len(moments) - _MOST_LETTERS
            text += f" Lines across: {'; '.join(named)}{f'; and {more} more' if more > 0 else ''}."
            if any(event.kind != "release" for event in moments):
                text += f" {_LEGEND}"
        kinds = {event.kind for event in subject.events if event.account in grid.lane_of}
        if kinds and _grouped(grid):
            text += " Who was suspended, fell silent or began then is in the table."
        elif kinds:
            said = [says for kind, (_, says) in _STOPS.items() if kind in kinds]
            text += f" Marks on lanes: {', '.join(said)}."
        silent = len(subject.accounts) - grid.accounts
        if silent:
            text += f" {quantities.plural(silent, 'account')} without recorded activity left out."
        return text

    def absent(self, subject: Portrait) -> str | None:
        """Say so where no activity was handed over."""
        if any(account.bins for account in subject.accounts):
            return None
        return "The times of these exchanges are not known."


def _grouped(grid: Lanes) -> bool:
    """Say whether lanes hold several accounts; marks of single accounts would then bury the picture."""
    return grid.accounts > len(grid.lanes)


def _names(grid: Lanes) -> list[str]:
    """Name each lane, for the hover box; no two alike, or Plotly would put them on one row."""
    names: list[str] = []
    seen: dict[str, int] = {}
    for lane in grid.lanes:
        name = label(lane.accounts[0], 40)
        if len(lane.accounts) > 1:
            name = f"{len(lane.accounts)} accounts from {name}"
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return names


def _scale(most: int) -> list[list[object]]:
    """Return a color scale that is empty at 0 and spends its steps evenly on the logarithm of the count."""
    stops: list[list[object]] = [
        [0.0, _OUT_OF_SIGHT],
        [0.5 / most, _OUT_OF_SIGHT],
        [0.5 / most, HEAT[0].light],
    ]
    for place, shade in enumerate(HEAT[1:], start=1):
        stops.append([max(most ** (place / (len(HEAT) - 1)), 0.5) / most, shade.light])
    return stops


def _stops(portrait: Portrait, grid: Lanes, names: list[str]) -> list[dict[str, object]]:
    traces: list[dict[str, object]] = []
    if _grouped(grid):
        return traces
    for kind, (symbol, _) in _STOPS.items():
        cells: dict[tuple[int, int], list[Event]] = {}
        for event in portrait.events:
            if event.kind == kind and event.account in grid.lane_of and _in_sight(event, grid):
                cell = (grid.lane_of[event.account], int((event.at_s - grid.origin_s) // grid.width_s))
                cells.setdefault(cell, []).append(event)
        if cells:
            traces.append(
                {
                    "type": "scatter",
                    "mode": "markers",
                    "x": [events[0].at_s * 1000 for events in cells.values()],
                    "y": [names[lane] for lane, _ in cells],
                    "hovertext": [hover([*map(_say, events[:3])]) for events in cells.values()],
                    "hovertemplate": _WHEN + "%{hovertext}<extra></extra>",
                    "marker": {
                        "symbol": symbol,
                        "size": 8,
                        "color": VERMILLION.light,
                        "line": {"width": 2, "color": VERMILLION.light},
                    },
                }
            )
    return traces


def _end_s(grid: Lanes) -> float:
    return grid.starts_s()[-1] + grid.width_s


def _in_sight(event: Event, grid: Lanes) -> bool:
    return grid.origin_s <= event.at_s <= _end_s(grid) + _BEYOND * (_end_s(grid) - grid.origin_s)


def _moments(portrait: Portrait, grid: Lanes) -> list[Event]:
    found = [event for event in portrait.events if event.kind in _DASHES and _in_sight(event, grid)]
    return sorted(found, key=lambda event: (event.at_s, event.name))


def _lettered(moments: list[Event], span_s: float) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """Return a line for each moment, and a letter above it for the first of them."""
    marks: list[dict[str, object]] = [
        {
            "type": "line",
            "x0": event.at_s * 1000,
            "x1": event.at_s * 1000,
            "yref": "paper",
            "y0": 0,
            "y1": 1,
            "line": {
                "color": QUIET.light if event.kind == "release" else VERMILLION.light,
                "width": 1.5,
                "dash": _DASHES[event.kind],
            },
        }
        for event in moments
    ]
    letters: list[dict[str, object]] = [
        {
            "x": near[0][1].at_s * 1000,
            "y": 1,
            "yref": "paper",
            "yanchor": "bottom",
            "showarrow": False,
            "text": " ".join(chr(65 + place) for place, _ in near),
            "hovertext": hover([_say(event) for _, event in near]),
            "font": {"size": 12, "color": INK.light},
        }
        for near in _side_by_side(moments[:_MOST_LETTERS], span_s)
    ]
    return marks, letters


def _side_by_side(moments: list[Event], span_s: float) -> list[list[tuple[int, Event]]]:
    """Return moments with their places in groups: what is so near that letters would cover one another."""
    groups: list[list[tuple[int, Event]]] = []
    for place, event in enumerate(moments):
        if groups and event.at_s - groups[-1][0][1].at_s < _LETTER_WIDTH * span_s:
            groups[-1].append((place, event))
        else:
            groups.append([(place, event)])
    return groups


def _sum_up(events: list[Event]) -> list[str]:
    """Name what happened; of a kind that happened many times, only how often."""
    said = []
    for kind, verb in _VERBS.items():
        its = sorted(
            (event for event in events if event.kind == kind), key=lambda e: (e.at_s, e.account or e.name)
        )
        what = _WHAT.get(kind, "account")
        said += (
            [_say(event) for event in its]
            if len(its) <= _MOST_NAMED
            else [f"{quantities.plural(len(its), what)} {verb}"]
        )
    return said


def _say(event: Event) -> str:
    if event.kind == "release":
        return f"{legible(event.name, 60)} released {quantities.day(event.at_s)}"
    if event.account is None:
        return f"{legible(event.name, 80)} {quantities.day(event.at_s)}"
    reason = f" ({legible(event.name, 60)})" if event.name else ""
    return f"{legible(event.account, 30)} {_VERBS[event.kind]}{reason}"
