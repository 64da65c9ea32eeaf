"""Assets: named by what is in them, kept for ever, and nothing else is served."""

import gzip

import pytest

from excise.console.assets import asset


@pytest.mark.parametrize("name", ["page.css", "console.css", "boot.js", "plotly.js", "page.js", "console.js"])
def test_each_comes_whole_and_is_kept(served, name):
    visitor = served.visitor(None)
    made = asset(name)
    reply = visitor.get(made.url)
    assert reply.content == made.plain == gzip.decompress(made.packed)
    assert "immutable" in reply.headers["cache-control"]
    plain = visitor.get(made.url, headers={"accept-encoding": "identity"})
    assert plain.content == made.plain


def test_another_name_is_not_there(served):
    assert served.visitor(None).get("/assets/console-0000000000000000.css").status_code == 404
