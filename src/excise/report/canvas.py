"""What all figures are drawn on: one look, and labels in which a log can put no markup."""

import textwrap
from collections.abc import Iterable, Mapping, Sequence

import plotly.graph_objects as go

from excise.report.legible import legible
from excise.report.palette import INK, QUIET, RULE, WASH
from excise.report.quantities import NOTHING

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif"
"""What the reader's own machine writes with; nothing is fetched."""

_WRAP = 44  # characters of a hover line that fit on a phone

_AXIS = {
    "gridcolor": RULE.light,
    "linecolor": RULE.light,
    "zerolinecolor": QUIET.light,
    "tickfont": {"size": 12, "color": QUIET.light},
    "automargin": False,
    "fixedrange": False,
}
_TEMPLATE = {
    "layout": {
        "font": {"family": FONT, "size": 12, "color": INK.light},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "xaxis": _AXIS,
        "yaxis": _AXIS,
        "hoverlabel": {
            "align": "left",
            "bgcolor": WASH.light,
            "bordercolor": QUIET.light,
            "font": {"family": FONT, "size": 12, "color": INK.light},
        },
        "legend": {
            "orientation": "h",
            "x": 0,
            "y": 1,
            "yref": "container",
            "yanchor": "top",
            "font": {"size": 12},
        },
        "margin": {"l": 8, "r": 8, "t": 8, "b": 40, "autoexpand": False},  # what is said is kept
        "dragmode": False,
        "hovermode": "closest",
    }
}


def draw(traces: Sequence[Mapping[str, object]], layout: Mapping[str, object]) -> go.Figure:
    """Return a figure of these traces (Plotly's own attribute names), in the look that all figures share.

    ``layout["height"]`` is in pixels and required: the page keeps the room free before anything is drawn.
    ``layout["meta"]["narrow"]`` may hold attributes by path that replace others on a phone.

    >>> draw([{"type": "bar", "x": [1], "y": [2]}], {"height": 200}).layout.height
    200
    """
    assert "height" in layout, "a figure states its height"
    return go.Figure({"data": list(traces), "layout": {"template": _TEMPLATE, **layout}})


def label(text: str, limit: int = 60) -> str:
    r"""Return a text from a log for a label, in which Plotly finds no ``<a href>`` and no ``$math$``.

    >>> label("<a href='//x'>a</a>")
    "&lt;a href='//x'&gt;a&lt;/a&gt;"
    """
    return _escape(legible(text, limit)) or NOTHING


def hover(lines: Iterable[str]) -> str:
    """Return lines of text as one hover box: each made safe as ``label`` does, and folded to a phone's width.

    >>> hover(["a < b", "c"])
    'a &lt; b<br>c'
    """
    return "<br>".join(
        _escape(row) for line in lines for row in textwrap.wrap(legible(line, 240), _WRAP) or [""]
    )


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("$", "&#36;")
