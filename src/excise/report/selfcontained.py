"""A page that needs nothing from elsewhere: its scripts and styles are in it, and nothing else may run.

The page carries its own scripts and styles, named by their hashes in a Content-Security-Policy, so a script
that got in any other way would not run, and nothing can be fetched or sent. All text passes ``legible`` and
Jinja's escaping; data for the figures travels as JSON in which no tag can end.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping

from excise.report.palette import DARK_FOR_LIGHT
from excise.report.rendering import plotly_script, script, style, templates


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
    css = style(package, heights_px=heights_px)
    plotly = plotly_script() if pictures else ""
    boot = "document.documentElement.classList.add('scripted');"
    page = script()
    policy = (
        "default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:; "
        f"script-src {_hashes((boot, plotly, page))}; style-src {_hashes((css, ''))}"
    )
    made = templates(package).get_template(template)
    return made.render(
        values, policy=policy, style=css, boot=boot, plotly=plotly, script=page, data=island(pictures)
    )


def island(pictures: Mapping[str, str]) -> str:
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
