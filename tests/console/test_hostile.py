"""Hostile text in every field of logs and tables, through ingest, loop and casework, acts on no page.

``EXCISE_HOSTILE=2000`` draws so many strings; by default fewer, so that it takes seconds. What was looked at
is counted into the file that ``EXCISE_HOSTILE_OUT`` names.
"""

import csv
import io
import json
import os
import re
import shutil
from pathlib import Path
from urllib.parse import urlencode

import pyarrow.parquet as pq
import pytest

from excise.casework.case import CaseFilter
from excise.casework.policy import shipped
from excise.casework.standing import Round
from excise.casework.state.views import View
from excise.detection.judge import Settings as DetectionSettings
from excise.observation.secret import Keyring
from excise.proving_ground.compose import compose
from excise.proving_ground.draw import Scale, draw
from excise.service.loop import blindness, portraits
from excise.service.loop.turn import Loop
from excise.service.loop.whole import Settings
from excise.store import directory, networks, releases
from excise.store.intake import take_in
from excise.store.store import DERIVED, Store

COUNT = int(os.environ.get("EXCISE_HOSTILE", "200"))
SEED = 1
_AT_ONCE = 100
_LOOKED = {"strings": 0, "pages": 0, "exports": 0}
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x85\u200f\u202a-\u202e\u2066-\u2069\u061c]")


class Nothing:
    """A journal in which nothing waits."""

    def take(self):
        return None

    def done(self, position):
        """Let go of nothing."""


@pytest.fixture
def attacked(served, tmp_path, hostile):
    world = draw(7, Scale(accounts=130, exchanges=2_000), days=7, harvesting=0.2)
    compose(world, tmp_path / "log")
    poison = hostile.poisoned(tmp_path / "log", tmp_path / "hostile", SEED, COUNT)
    ring = Keyring.in_memory(bytes(32))
    settings = Settings(window_days=3_650.0, detection=DetectionSettings(named_at_bits=4.0))
    with Store.open(tmp_path / "fresh", ring) as store:
        take_in(store, ring, [tmp_path / "hostile" / "log.jsonl"], max_reject_share=0.05)
        assert store.facts.rows > 1_500
        store.put_accounts(directory.read([tmp_path / "hostile" / "accounts.jsonl"]).table)
        store.put_networks(networks.read([tmp_path / "log" / "asn.csv"]).table)
        store.put_releases(releases.read([tmp_path / "hostile" / "releases.json"]).table)
        loop = Loop(store, ring, settings=settings, aside=False)

        def receive(found: Round) -> None:
            served.desk.state.standings.receive(found, shipped(), now_s=served.clock())

        loop.turn(Nothing(), receive, now_s=world.start_s + 7 * 86_400.0)
        loop.close()
    made = tmp_path / "fresh" / DERIVED
    assert any((made / portraits.FOLDER).iterdir())
    shutil.copytree(made / portraits.FOLDER, served.desk.portraits, dirs_exist_ok=True)
    shutil.copy(made / blindness.FILE, served.desk.portraits.parent)
    for text in poison.used[:30]:  # and in what people write
        name = text[:60].replace("\x00", "").strip() or "x"
        view = View(name=name, query="status=open")
        served.desk.state.views.save("admin", view, now_s=served.clock())
    return poison


def _hostile_cases(served):
    cases = served.desk.state.cases
    found = [cases.get(one.id) for one in cases.list(CaseFilter(), most=200).cases]
    return [case for case in found if not any(name.startswith("acct_03") for name in case.accounts)]


def _paths(served, visitor, poison):
    cases = _hostile_cases(served)
    assert cases, "hostile accounts are in a campaign"
    paths = ["/", "/decisions", "/ledger", "/doctor", "/detectors", "/programmes", "/people"]
    for place, case in enumerate(cases):
        text = poison.used[place % len(poison.used)]
        served.post(visitor, f"/case/{case.id}/comment", text=text[:3_000])
        reply = served.post(
            visitor, f"/case/{case.id}/decide", kind="block", hours="24", mode="live", reason=text[:1_000]
        )
        paths += [f"/case/{case.id}", f"/case/{case.id}/why", reply.url.path]
        paths.append(f"/case/{case.id}/decide" + _ask(text))
    names = [name for case in cases for name in case.accounts]
    return cases, paths, names


def _ask(text):
    return "?" + urlencode({"kind": "block", "hours": "2", "mode": "live", "reason": text[:500]})


def _is_clean(page, hostile):
    assert page.status_code in {200, 404}, (page.url, page.text[:300])
    _LOOKED["pages"] += 1
    read = hostile.Read(page.text)
    assert not read.wrong(), (page.url, read.wrong())
    assert not read.inline, page.url
    assert str(hostile.TELL) not in page.text, page.url
    for shown in read.shown:
        assert not _CONTROL.search(shown), (page.url, shown[:200])
    assert len(page.text) < 4_000_000, (page.url, len(page.text))


def test_nothing_of_it_acts_on_any_page_or_in_any_export(served, attacked, hostile):
    visitor = served.visitor("admin")
    cases, paths, names = _paths(served, visitor, attacked)
    for path in paths:
        _is_clean(visitor.get(path), hostile)
    for name in names:
        page = visitor.get("/account", params={"name": name})
        assert page.status_code == 200, "it is known by its name, whatever that is"
        _is_clean(page, hostile)
    _say_all(served, visitor, attacked.used, cases[0].id, hostile)
    for case in cases:
        for row in csv.reader(io.StringIO(visitor.get(f"/case/{case.id}/accounts.csv").text)):
            assert not any(cell[:1] in {"=", "+", "@", "\t", "\r"} for cell in row)
            assert not any(cell[:1] == "-" and not _is_number(cell) for cell in row)
        json.loads(visitor.get(f"/case/{case.id}/export.json").content)
        kept = visitor.get(f"/case/{case.id}/export.html")
        assert kept.headers["content-disposition"].startswith("attachment")
        assert not {name for name in hostile.Read(kept.text).names if "hurt" in name}
        assert str(hostile.TELL) not in kept.text
        _LOOKED["exports"] += 4
        table = pq.read_table(io.BytesIO(visitor.get(f"/case/{case.id}/accounts.parquet").content))
        assert table.num_rows == len(case.accounts)
        assert set(table["account"].to_pylist()) == set(case.accounts), "nothing is lost on the way"

    _LOOKED["strings"] = len(attacked.used)
    if "EXCISE_HOSTILE_OUT" in os.environ:
        Path(os.environ["EXCISE_HOSTILE_OUT"]).write_text(json.dumps(_LOOKED))


def _say_all(served, visitor, strings, case, hostile):
    """Say every string in a comment, ask for it on two pages, and look at the case and the ledger after."""
    cases = served.desk.state.cases
    for begin in range(0, len(strings), _AT_ONCE):
        for text in strings[begin : begin + _AT_ONCE]:
            cases.comment(case, text[:3_000], by="admin", now_s=served.clock())
            _is_clean(visitor.get("/", params={"text": text[:150]}), hostile)
            name = text.replace("\x00", "")[:400]
            _is_clean(visitor.get("/account", params={"name": name}), hostile)
        _is_clean(visitor.get(f"/case/{case}"), hostile)
        _is_clean(visitor.get("/ledger"), hostile)


def _is_number(cell):
    try:
        float(cell)
    except ValueError:
        return False
    return True


def test_no_script_of_it_runs_in_a_browser_and_no_word_breaks_a_page(served, attacked, hostile, tmp_path):
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("there is no Chromium")
    visitor = served.visitor("admin")
    cases, paths, names = _paths(served, visitor, attacked)
    kept = tmp_path / "kept.html"
    kept.write_bytes(visitor.get(f"/case/{cases[0].id}/export.html").content)
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for wide in (1280, 390):
            context = browser.new_context(viewport={"width": wide, "height": 844})
            context.add_init_script("window.hurts = 0; window.hurt = () => { window.hurts += 1; };")
            key = visitor.cookies["excise_session"]
            context.add_cookies([{"name": "excise_session", "value": key, "url": served.url}])
            page = context.new_page()
            wrong = _watched(page)
            accounts = [
                str(visitor.build_request("GET", "/account", params={"name": name}).url) for name in names[:6]
            ]
            for address in [*(served.url + path for path in paths[:20]), *accounts, kept.as_uri()]:
                page.goto(address)
                page.wait_for_load_state("load")
                assert page.evaluate("window.hurts") == 0, address
                assert page.locator("[data-hurt]").count() == 0, address
                assert page.evaluate("document.documentElement.scrollWidth") <= wide, (address, wide)
                assert not wrong, (address, wrong)
            context.close()
        browser.close()


def _watched(page):
    """Return what goes wrong on a page, as it does."""
    wrong = []
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("dialog", lambda dialog: wrong.append(dialog.message))
    page.on("request", lambda asked: wrong.append(asked.url) if "hurt.example" in asked.url else None)
    return wrong
