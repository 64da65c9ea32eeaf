"""How pages are rendered: one set of filters, one style, one script, for the report, lineage and the console.

All text passes ``legible`` and Jinja's escaping. Nothing is fetched: the scripts are in the package, and
Plotly's is in its own.
"""

import importlib.resources
import math
import re
from collections.abc import Mapping
from functools import cache

import jinja2
from markupsafe import Markup, escape
from plotly.offline import get_plotlyjs

from excise.report import quantities
from excise.report.legible import legible
from excise.report.palette import MARKS, SURFACES
from excise.report.table import Table, sort_key, write


@cache
def templates(package: str) -> jinja2.Environment:
    """Return the templates of a package, and those of the report for what it has none of.

    >>> templates("excise.report").from_string("{{ 'a<b' | legible(10) }}").render()
    'a&lt;b'
    """
    loaders = [jinja2.PackageLoader(name) for name in dict.fromkeys((package, "excise.report"))]
    made = jinja2.Environment(
        loader=jinja2.ChoiceLoader(loaders),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
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
    made.globals.update(write=write, sort_key=sort_key, widest=_widest, soft=_soft, prose=_prose)
    return made


def style(package: str, *, heights_px: Mapping[str, int]) -> str:
    """Return the style of a package's pages; ``heights_px`` keeps room for pictures by their place's id."""
    return (
        templates(package).get_template("page.css").render(colors={**SURFACES, **MARKS}, heights=heights_px)
    )


@cache
def script() -> str:
    """Return what draws the figures and sorts the tables of a page."""
    return importlib.resources.files("excise.report").joinpath("templates/page.js").read_text("utf-8")


@cache
def plotly_script() -> str:
    """Return Plotly without the style sheet of its maps: none is drawn, and the policy would refuse it."""
    return re.sub(r"(\.textContent=)'\.(?:maplibregl|mapboxgl)-[^'\\]*'", r"\1''", get_plotlyjs())


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
