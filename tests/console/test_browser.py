"""The console in a real browser: every page, a decision by keyboard alone, and what axe-core says of it."""

import contextlib
import os
import shutil
from pathlib import Path

import pytest

from excise.casework.case import CaseFilter

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-core is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium")
SHOTS = Path(os.environ.get("EXCISE_SCREENSHOTS", "build/screenshots"))


@pytest.fixture
def browser():
    with playwright.sync_playwright() as running:
        found = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


class Looking:
    """A page on which nothing may go wrong unseen."""

    def __init__(self, page, url):
        self.page, self.url, self.wrong = page, url, []
        page.set_default_timeout(20_000)
        page.on("console", lambda said: self.wrong.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("request", self._asked)

    def _asked(self, request):
        if not request.url.startswith((self.url, "data:", "blob:")):
            self.wrong.append(f"asked for {request.url}")

    def sign_in(self, name, password):
        self.page.goto(self.url + "/sign-in")
        self.page.keyboard.type(name)  # the first field has the focus
        self.page.keyboard.press("Tab")
        self.page.keyboard.type(password)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(self.url + "/")


@pytest.fixture
def look(browser, served):
    @contextlib.contextmanager
    def looking(name="analyst", **options):
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        seen = Looking(context.new_page(), served.url)
        seen.sign_in(name, served.password)
        yield seen
        context.close()
        assert not seen.wrong

    return looking


def _case(served):
    return served.desk.state.cases.list(CaseFilter()).cases[0].id


def _paths(served):
    case = _case(served)
    decision = served.desk.state.decisions.of_account("acct_0300000")[0].id
    return {
        "queue": "/",
        "case": f"/case/{case}",
        "why": f"/case/{case}/why",
        "preview": f"/case/{case}/decide?kind=block&hours=24&mode=live&reason=because",
        "account": "/account?name=acct_0300000",
        "decisions": "/decisions",
        "decision": f"/decision/{decision}",
        "programmes": "/programmes",
        "detectors": "/detectors",
        "lineage": "/lineage",
        "doctor": "/doctor",
        "ledger": "/ledger",
        "people": "/people",
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_serious_fault_of_accessibility_or_an_error(served, look, scheme):
    SHOTS.mkdir(parents=True, exist_ok=True)
    with look("admin", color_scheme=scheme) as seen:
        for name, path in _paths(served).items():
            seen.page.goto(served.url + path)
            seen.page.wait_for_load_state("load")
            found = axe.Axe().run(seen.page).response["violations"]
            grave = [
                (one["id"], [node["target"] for node in one["nodes"]][:3])
                for one in found
                if one["impact"] in {"serious", "critical"}
            ]
            assert not grave, (name, grave)
            seen.page.screenshot(path=str(SHOTS / f"{name}-{scheme}.png"), full_page=True)


def test_a_campaign_is_blocked_and_let_go_by_keyboard_alone(served, look):
    with look("analyst") as seen:
        page, keys = seen.page, seen.page.keyboard
        keys.press("j")
        keys.press("j")
        keys.press("Enter")
        page.wait_for_url("**/case/**")
        _tab_to(page, "#reason")
        keys.type("They pull reasoning traces and hand over to one another.")
        _tab_to(page, "form[action$='/decide'] button")
        keys.press("Enter")
        page.wait_for_url("**/decide?**")
        _tab_to(page, "form[action$='/decide'] button.go")
        keys.press("Enter")
        page.wait_for_url("**/decision/**")
        decision = page.url.rsplit("/", 1)[1].partition("?")[0]
        assert served.desk.state.decisions.get(decision).kind == "block"
    with look("second") as seen:
        page, keys = seen.page, seen.page.keyboard
        made = served.desk.state.decisions.get(decision)
        page.goto(f"{served.url}/decision/{decision}")
        if made.status == "proposed":
            _tab_to(page, "form[action$='/approve'] button")
            keys.press("Enter")
            page.wait_for_url("**done=**")
        assert served.desk.state.decisions.get(decision).status == "active"
        _tab_to(page, "#undo-because")
        keys.type("It was a class after all.")
        keys.press("Enter")
        page.wait_for_url("**undone**")
        assert served.desk.state.decisions.get(decision).status == "undone"


def _tab_to(page, selector, most=120):
    for _ in range(most):
        if page.evaluate("selector => document.activeElement?.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no number of tabs comes to {selector}")


def test_figures_are_drawn_and_a_phone_scrolls_nothing_sideways(served, look):
    with look("analyst") as seen:
        seen.page.goto(f"{served.url}/case/{_case(served)}")
        seen.page.wait_for_selector(".plot .main-svg")
    with look("analyst", viewport={"width": 390, "height": 844}) as seen:
        for path in _paths(served).values():
            if path != "/people":
                seen.page.goto(served.url + path)
                wide = seen.page.evaluate("document.documentElement.scrollWidth")
                assert wide <= 390, (path, wide)


def test_everything_can_be_read_without_scripts(served, look):
    with look("viewer", java_script_enabled=False) as seen:
        seen.page.goto(f"{served.url}/case/{_case(served)}")
        assert seen.page.locator("text=shared_script").first.is_visible()


def test_word_of_a_change_comes_by_itself(served, look):
    with look("analyst") as seen:
        seen.page.wait_for_timeout(2_500)
        served.desk.state.cases.comment(_case(served), "look", by="second", now_s=served.clock())
        seen.page.wait_for_selector("#fresh:not([hidden])", timeout=15_000)
