"""The table of pages: who may see what, and what no visitor gets through."""

import itertools
import re

import pytest

from excise.casework.case import CaseFilter
from excise.casework.state.people import IDLE_S, Role
from excise.console import app
from excise.console.app import PAGES


def _address(served, page):
    state = served.desk.state
    case = state.cases.list(CaseFilter()).cases[0].id
    decision = state.decisions.of_account("acct_0300000")[0].id
    path = page.path.replace("{case}", case).replace("{decision}", decision)
    path = path.replace("{does}", "comment").replace("{file}", "export.json").replace("{finding}", "none")
    query = {"/account": "?name=acct_0300000", "/find": "?q=x"}.get(page.path, "")
    if page.path.endswith("/decide") and page.method == "GET":
        query = "?kind=block&hours=1&reason=x&mode=live&account=acct_0300000"
    return path + query


def test_every_page_refuses_the_lesser_roles_and_strangers(served):
    visitors = {role: served.visitor(role.value) for role in Role}
    stranger = served.visitor(None)
    for page in PAGES:
        path = _address(served, page)
        for role, visitor in visitors.items():
            if role.may(page.role):
                continue
            reply = visitor.get(path) if page.method == "GET" else served.post(visitor, path, text="no")
            assert reply.status_code == 403, (page.path, role)
        reply = stranger.request(page.method, path, follow_redirects=False)
        assert reply.status_code in {303, 401}, page.path
        assert "acct_0300000" not in reply.text
    assert not any(event.text == "no" for event in _events(served)), "nothing was said by who may not"


def test_every_page_answers_whom_it_is_for(served):
    visitor = served.visitor("admin")
    for page in PAGES:
        if page.method == "GET" and "{finding}" not in page.path:
            reply = visitor.get(_address(served, page))
            assert reply.status_code == 200, (page.path, reply.text[:500])
            assert "Content-Security-Policy".lower() in reply.headers
            assert "unsafe" not in reply.headers["content-security-policy"]


def test_a_form_without_our_token_or_from_elsewhere_does_nothing(served):
    visitor = served.visitor("admin")
    case = served.desk.state.cases.list(CaseFilter()).cases[0].id
    for form, headers in (
        ({"text": "forged"}, {}),
        ({"text": "forged", "csrf": "0" * 64}, {}),
        ({"text": "forged", "csrf": served.csrf(visitor)}, {"sec-fetch-site": "cross-site"}),
        ({"text": "forged", "csrf": served.csrf(visitor)}, {"sec-fetch-site": "same-site"}),
    ):
        assert visitor.post(f"/case/{case}/comment", data=form, headers=headers).status_code == 403
    assert not any(event.text == "forged" for event in _events(served))


def test_a_session_that_was_set_beforehand_is_worth_nothing(served):
    visitor = served.visitor(None)
    visitor.cookies.set("excise_session", "chosen-by-somebody-else")
    visitor.post("/sign-in", data={"name": "analyst", "password": served.password, "to": "/"})
    keys = [cookie.value for cookie in visitor.cookies.jar if cookie.name == "excise_session"]
    assert "chosen-by-somebody-else" not in keys[-1:]
    old = served.visitor(None)
    old.cookies.set("excise_session", "chosen-by-somebody-else")
    assert old.get("/", follow_redirects=False).status_code == 303


def test_signing_out_ends_the_session_for_who_kept_the_cookie(served):
    visitor = served.visitor("analyst")
    key = visitor.cookies["excise_session"]
    served.post(visitor, "/sign-out")
    thief = served.visitor(None)
    thief.cookies.set("excise_session", key)
    assert thief.get("/", follow_redirects=False).status_code == 303


@pytest.mark.parametrize(
    "target", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:x"]
)
def test_nobody_is_sent_elsewhere_after_signing_in(served, target):
    visitor = served.visitor(None)
    form = {"name": "analyst", "password": served.password, "to": target}
    reply = visitor.post("/sign-in", data=form, follow_redirects=False)
    assert reply.headers["location"] == "/"


@pytest.mark.parametrize(
    "path", ["/assets/../app.py", "/assets/..%2fapp.py", "/lineage/..%2f..%2fetc/finding.html"]
)
def test_no_path_leaves_its_folder(served, path):
    assert served.visitor("viewer").get(path).status_code in {400, 404}


def test_a_form_too_large_is_refused_and_the_next_visit_is_answered(served):
    visitor = served.visitor("analyst")
    case = served.desk.state.cases.list(CaseFilter()).cases[0].id
    assert served.post(visitor, f"/case/{case}/comment", text="x" * (5 << 20)).status_code == 413
    assert visitor.get("/").status_code == 200


def test_hostile_names_are_text_on_every_page_and_in_every_export(served):
    names = [name + f"-{place}" for place, name in enumerate(served.made_up.HOSTILE) if "\ud800" not in name]
    names = [name.replace("\x00", "\\0") for name in names if len(name) < 400]
    campaign, facts = served.made_up.campaign("campaign-hostile", len(names), 9, names=names)
    hostile = [
        served.made_up.structs.replace(
            campaign, sentence=served.made_up.HOSTILE[0] + served.made_up.HOSTILE[1]
        )
    ]
    served.fill([(hostile[0], facts)])
    case = served.desk.state.cases.of_campaign("campaign-hostile").id
    visitor = served.visitor("admin")
    served.post(visitor, f"/case/{case}/comment", text=served.made_up.HOSTILE[2])
    paths = [f"/case/{case}", f"/case/{case}/why", "/", "/ledger", "/decisions"]
    paths += [
        f"/case/{case}/decide?kind=block&hours=1&mode=live&reason=" + "%3Cscript%3Ealert(1)%3C/script%3E"
    ]
    pages = [visitor.get(path) for path in paths]
    pages += [visitor.get("/account", params={"name": name}) for name in names if len(name) < 400]
    for page in pages:
        assert page.status_code == 200, page.url
        body = page.text
        assert not re.search(r"<script>alert|<img src=x|<svg onload|<a href='https://evil", body), page.url
        assert "49" not in re.findall(r"\{\{ 7 \* 7 \}\}|\b7 \* 7\b", body)
    for name in ("export.json", "export.html", "accounts.csv", "accounts.parquet"):
        reply = visitor.get(f"/case/{case}/{name}")
        assert reply.status_code == 200
        assert reply.headers["content-disposition"].startswith("attachment")
    table = visitor.get(f"/case/{case}/accounts.csv").text
    assert not any(
        cell[:1] in set("=+@") for cell in itertools.chain(*(row.split(",") for row in table.split("\n")))
    )


def test_a_page_that_listens_does_not_keep_an_idle_session_alive(served, monkeypatch):
    monkeypatch.setattr(app, "_LOOK_EVERY_S", 0.02)
    visitor = served.visitor("analyst")
    with visitor.stream("GET", "/events") as reply:
        lines = reply.iter_lines()
        assert next(lines) == "event: changed"
        for _ in range(10):  # an hour and fifty minutes in which nobody does anything, and the page listens
            served.clock.now_s += IDLE_S / 11
            assert any(line.startswith(":") for line in itertools.islice(lines, 20))
        served.clock.now_s += IDLE_S / 10
        assert len(list(itertools.islice(lines, 1_000))) < 1_000, "the stream ends with the session"
    assert visitor.get("/", follow_redirects=False).headers["location"].startswith("/sign-in")


def test_a_visit_keeps_a_session_alive(served):
    visitor = served.visitor("analyst")
    for _ in range(4):
        served.clock.now_s += IDLE_S * 0.9
        assert visitor.get("/", follow_redirects=False).status_code == 200


def _events(served):
    cases = served.desk.state.cases
    return [event for case in cases.list(CaseFilter()).cases for event in cases.events(case.id)]
