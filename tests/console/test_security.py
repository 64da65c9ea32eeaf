"""Where a request comes from, and where a visitor is sent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from excise.console.security import HEADERS, is_from_here, local_path


def _request(**headers):
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "headers": raw, "method": "POST", "path": "/"})


@pytest.mark.parametrize(
    ("headers", "here"),
    [
        ({"sec_fetch_site": "same-origin"}, True),
        ({"sec_fetch_site": "same-site"}, False),
        ({"sec_fetch_site": "none"}, False),
        ({"origin": "https://console.example", "host": "console.example"}, True),
        ({"origin": "https://evil.example", "host": "console.example"}, False),
        ({"origin": "null", "host": "console.example"}, False),
        ({"host": "console.example"}, False),
    ],
)
def test_where_a_form_comes_from(headers, here):
    assert is_from_here(_request(**headers)) is here


@given(st.text())
def test_whoever_is_sent_stays_on_this_host(target):
    path = local_path(target)
    assert path.startswith("/")
    assert not path.startswith(("//", "/\\"))


def test_nothing_inline_may_run():
    assert "unsafe" not in HEADERS["content-security-policy"]


def test_every_reply_carries_the_headers(served):
    for path in ("/", "/sign-in", "/nowhere", "/assets/none.css"):
        reply = served.visitor(None).get(path, follow_redirects=False)
        assert HEADERS.items() <= dict(reply.headers).items(), path
