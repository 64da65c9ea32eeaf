"""What pages load: two styles, three scripts, all of them in the wheel, named by what is in them.

A name changes when its content does, so that browsers may keep each forever.
"""

import gzip
import hashlib
import importlib.resources
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from excise.report import rendering

_KEPT = {"cache-control": "public, max-age=31536000, immutable", "vary": "accept-encoding"}


class Asset(NamedTuple):
    """One file as it is sent: plain and compressed."""

    url: str
    kind: str
    plain: bytes
    packed: bytes


def _own(name: str) -> str:
    return importlib.resources.files("excise.console").joinpath(f"static/{name}").read_text("utf-8")


_SOURCES: dict[str, tuple[str, Callable[[], str]]] = {
    "page.css": ("text/css; charset=utf-8", lambda: rendering.style("excise.report", heights_px={})),
    "console.css": ("text/css; charset=utf-8", lambda: _own("console.css")),
    "boot.js": ("text/javascript; charset=utf-8", lambda: _own("boot.js")),
    "plotly.js": ("text/javascript; charset=utf-8", rendering.plotly_script),
    "page.js": ("text/javascript; charset=utf-8", rendering.script),
    "console.js": ("text/javascript; charset=utf-8", lambda: _own("console.js")),
}


@cache
def asset(name: str) -> Asset:
    """Return a file that pages load.

    >>> asset("console.css").url.startswith("/assets/console-")
    True
    """
    kind, source = _SOURCES[name]
    plain = source().encode()
    stem, suffix = name.split(".")
    digest = hashlib.sha256(plain).hexdigest()[:16]
    return Asset(f"/assets/{stem}-{digest}.{suffix}", kind, plain, gzip.compress(plain, 6, mtime=0))


@cache
def _by_url() -> dict[str, Asset]:
    return {asset(name).url: asset(name) for name in _SOURCES}


async def serve(request: Request) -> Response:
    """Answer ``GET /assets/{file}``."""
    found = _by_url().get(request.url.path)
    if found is None:
        return PlainTextResponse("There is no such file.", status_code=404)
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers = {**_KEPT, "content-encoding": "gzip"}
        return Response(found.packed, media_type=found.kind, headers=headers)
    return Response(found.plain, media_type=found.kind, headers=_KEPT)
