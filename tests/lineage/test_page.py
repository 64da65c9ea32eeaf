"""What the pages say, and that what a suspect says stays text; in a real browser where there is one."""

import html as html_text
import itertools
import re
import shutil

import msgspec
import pyarrow.parquet as pq
import pytest

from excise.lineage import page, protocol
from excise.lineage.asking import Gap
from excise.lineage.conducting import Sealing, conduct, freeze
from excise.lineage.finding import FILE, STEPS, Finding
from excise.lineage.methods import Given, Method
from excise.lineage.opening import open_suspect
from excise.lineage.planning import Asking, Rule, plan
from excise.lineage.replies import read_replies
from excise.lineage.validity import Caution
from excise.observation.signing import Signer
from excise.open_folder import member

EVIL = "</script><img src=x onerror=alert(1)><b>bold</b>\u202eevil"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="session")
def made(case, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages") / "finding"
    method = member("excise.lineage.methods", Method, "twins")()
    given = Given(served=read_replies(case.served)[0], twins=read_replies(case.twins)[0])
    asking = Asking(open_suspect(f"hf:{case.student}"), (open_suspect(f"hf:{case.teacher}"),))
    rule = Rule(stop_at_bits=15.0, budget=1000, seed=3)
    ready = plan("twins", method, given, [], asking=asking, rule=rule, version="0", now_s=1.76e9)
    sealing = Sealing(Signer.open(folder.parent / "key.pem"))
    conduct(freeze(ready, folder), asking, folder, sealing, clock_s=itertools.count(1.76e9).__next__)
    return folder


@pytest.fixture
def parts(made):
    finding = msgspec.json.decode((made / FILE).read_bytes(), type=Finding)
    return finding, protocol.read(made / protocol.FILE), pq.read_table(made / STEPS)


def text(html):
    body = re.sub(r"<(script|style)[^>]*>.*?</\1>", "", html, flags=re.DOTALL)
    return " ".join(html_text.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def test_the_plain_page_says_what_counsel_needs(parts):
    finding, held, steps = parts
    said = text(page.plain(finding, held, steps))
    for words in (
        "Was this model trained on replies that we served?",
        "Very strong evidence that it was.",
        "at most once in",
        "a control: the suspect, asked about texts that nobody was served",
        "It is not the probability that the suspect is guilty.",
        "What this does not prove",
        "Intent.",
        "How an opponent would attack it",
        "excise lineage verify FOLDER",
        finding.protocol_sha256,
    ):
        assert words in said, words
    for sentence in (*finding.assumes, *[one for one in finding.does_not_prove if one != "Intent."]):
        assert sentence in said
    assert "log-likelihood" not in said


def test_the_technical_page_says_everything(parts):
    finding, held, steps = parts
    said = text(page.technical(finding, held, steps))
    for words in (held.statistic, held.prompts_sha256, held.stopping, "Scores of single steps", "unsure"):
        assert words in said, words
    assert f"{min(steps.num_rows, 100)} of {steps.num_rows}" in said


def test_the_same_finding_gives_the_same_bytes(parts):
    assert page.plain(*parts) == page.plain(*parts)


def test_a_lead_is_called_one_and_has_no_number(parts):
    finding, held, steps = parts
    lead = msgspec.structs.replace(
        finding,
        bits=None,
        null="",
        outcomes=tuple(msgspec.structs.replace(one, bits=None) for one in finding.outcomes),
    )
    nothing = steps.set_column(steps.column_names.index("bits"), "bits", [[None] * steps.num_rows])
    nothing = nothing.cast(steps.schema)
    for html in (page.plain(lead, held, nothing), page.technical(lead, held, nothing)):
        said = text(html)
        assert "a lead" in said.lower()
        assert "tries in which" not in said
    assert "This is a lead, and no finding" in text(page.plain(lead, held, nothing))


def hostile(parts):
    """The same finding with hostile text wherever text of others can come."""
    finding, held, steps = parts
    outcomes = tuple(
        msgspec.structs.replace(one, name=EVIL, gaps=(Gap(why=EVIL, questions=3, rows=(EVIL,)),))
        for one in finding.outcomes
    )
    caution = Caution(severity="warn", name=EVIL, text=EVIL, rows=(1, 2))
    models = tuple(msgspec.structs.replace(one, name=EVIL, way=EVIL) for one in held.models)
    inputs = (protocol.Input(role=EVIL, file=EVIL, sha256=EVIL, rows=1),)
    rows = [{**row, "row": EVIL, "note": EVIL, "model": EVIL} for row in steps.to_pylist()]
    return (
        msgspec.structs.replace(finding, outcomes=outcomes, cautions=(caution,)),
        msgspec.structs.replace(held, models=models, inputs=inputs),
        type(steps).from_pylist(rows, schema=steps.schema),
    )


@pytest.mark.parametrize("kind", ["plain", "technical"])
def test_no_markup_of_others_is_markup(parts, kind):
    html = getattr(page, kind)(*hostile(parts))
    ours = re.sub(r"<script>.*?</script>", "", html, flags=re.DOTALL)
    assert "<img" not in ours
    assert "<b>" not in ours
    assert "\u202e" not in html
    assert "&lt;img src=x" in html


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_in_a_browser_everything_is_drawn_and_nothing_else_happens(parts, tmp_path):
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    for name, three in (("good", parts), ("evil", hostile(parts))):
        (tmp_path / f"{name}-plain.html").write_text(page.plain(*three), "utf-8")
        (tmp_path / f"{name}-technical.html").write_text(page.technical(*three), "utf-8")
    heard = []
    with playwright.sync_playwright() as run:
        browser = run.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        for path in sorted(tmp_path.glob("*.html")):
            size, scheme = ((1280, 900), "light") if path.name.startswith("good") else ((390, 844), "dark")
            context = browser.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
            view = context.new_page()
            view.on("console", lambda message: heard.append(message.text))
            view.on("pageerror", lambda error: heard.append(str(error)))
            view.on("dialog", lambda dialog: (heard.append("dialog"), dialog.dismiss()))
            view.on("request", lambda asked: heard.append(asked.url))
            view.goto(path.as_uri())
            for at in range(view.locator(".plot").count()):
                view.locator(".plot").nth(at).scroll_into_view_if_needed()
                view.wait_for_selector(f".plot >> nth={at} >> .main-svg >> nth=0", timeout=20_000)
            assert view.evaluate("document.documentElement.scrollWidth") == size[0], path.name
            assert view.locator("img:not(.js-plotly-plot *)").count() == 0
            context.close()
        browser.close()
    pages = {path.as_uri() for path in tmp_path.glob("*.html")}
    assert [one for one in heard if one not in pages] == []
