"""A page that needs nothing from elsewhere: its scripts and styles are in it, and nothing else may run.

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
from collections.abc import Iterable, Mapping
from functools import cache

import jinja2
from markupsafe import Markup, escape
from plotly.offline import get_plotlyjs

from excise.report import quantities
from excise.report.legible import legible
from excise.report.palette import DARK_FOR_LIGHT, MARKS, SURFACES
from excise.report.table import Table, sort_key, write


def selfcontained(
    template: str,
    values: Mapping[str, object],
    *,
    package: str,
    pictures: Mapping[str, str],
    heights_px: Mapping[str, int],
) -> str:
    """Return a page as HTML. The same values give the same bytes.

    Args:
        template: a template of ``package``, or of the report where that has none of this name.
        values: what the template writes.
        package: whose templates.
        pictures: figures as Plotly's JSON, by the id of the place where each is drawn.
        heights_px: how much room each place keeps free, 0 for none.
    """
    templates = _templates(package)
    style = templates.get_template("page.css").render(colors={**SURFACES, **MARKS}, heights=heights_px)
    plotly = _plotly() if pictures else ""
    boot = "document.documentElement.classList.add('scripted');"
    script = _script()
    policy = (
        "default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:; "
        f"script-src {_hashes((boot, plotly, script))}; style-src {_hashes((style, ''))}"
    )
    return templates.get_template(template).render(
        values, policy=policy, style=style, boot=boot, plotly=plotly, script=script, data=_island(pictures)
    )


def _island(pictures: Mapping[str, str]) -> str:
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
def _templates(package: str) -> jinja2.Environment:
    loaders = [jinja2.PackageLoader(name) for name in dict.fromkeys((package, "excise.report"))]
    templates = jinja2.Environment(
        loader=jinja2.ChoiceLoader(loaders),
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
    templates.globals.update(write=write, sort_key=sort_key, widest=_widest, soft=_soft, prose=_prose)
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
