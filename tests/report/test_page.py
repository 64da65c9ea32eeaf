import base64
import hashlib
import itertools
import json
import re
import subprocess
import sys
import time  # process_time alone: what the report costs
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs

from excise.report.findings import AccountFacts, Calibration, Portrait
from excise.report.page import accounts, render
from excise.report.palette import DARK_FOR_LIGHT

CONFTEST = str(Path(__file__).with_name("conftest.py"))
VOID = {"meta", "br", "wbr", "img", "link", "input", "hr", "rect", "path"}


class Page(HTMLParser):
    """A page taken apart: its elements with attributes and text, and whether they nest."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.elements, self._open = [], []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag, attrs):
        element = (tag, dict(attrs), [])
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs), []))

    def handle_endtag(self, tag):
        assert self._open.pop()[0] == tag

    def handle_data(self, data):
        for _, _, text in self._open:
            text.append(data)

    def all(self, *tags):
        return [(attrs, "".join(text)) for tag, attrs, text in self.elements if tag in tags]


@pytest.fixture(scope="session")
def week_page(week):
    return render(week)


@pytest.fixture(scope="session")
def hostile_page(hostile):
    return render(hostile)


EITHER = pytest.mark.parametrize("made", ["week_page", "hostile_page"])


def digest(text):
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@EITHER
def test_the_scripts_are_ours_and_the_policy_names_them(made, request):
    page = Page(request.getfixturevalue(made))
    boot, data, plotly, own = page.all("script")
    assert data[0] == {"type": "application/json", "id": "pictures"}
    assert boot[1] == "document.documentElement.classList.add('scripted');"
    assert plotly[1].lstrip().startswith("/**\n* plotly.js v")
    assert own[1].startswith("// Draws each figure")
    ((policy, _),) = [(attrs["content"], text) for attrs, text in page.all("meta") if "http-equiv" in attrs]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"].split() == [digest(script[1]) for script in (boot, plotly, own)]
    ((_, style),) = page.all("style")
    assert rules["style-src"].split() == [digest(style), digest("")]
    assert "unsafe" not in policy


@EITHER
def test_nothing_runs_or_loads_from_an_attribute(made, request):
    page = Page(request.getfixturevalue(made))
    for tag, attrs, _ in page.elements:
        assert tag not in {
            "img",
            "iframe",
            "object",
            "embed",
            "form",
            "link",
            "base",
            "input",
            "video",
            "audio",
        }
        assert not [
            name for name in attrs if name.startswith("on") or name in {"style", "src", "srcset", "action"}
        ]
        assert attrs.get("href", "#").startswith("#")


@EITHER
def test_the_page_can_be_found_around_without_eyes(made, request):
    page = Page(request.getfixturevalue(made))
    ids = [attrs["id"] for _, attrs, _ in page.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    assert {attrs["href"][1:] for attrs, _ in page.all("a")} <= set(ids)
    assert all(attrs["aria-labelledby"] in ids for _, attrs, _ in page.elements if "aria-labelledby" in attrs)
    assert all(attrs.get("scope") in {"row", "col"} for attrs, _ in page.all("th"))
    assert len(page.all("table")) == len(page.all("caption")) > 3
    assert all(
        text.strip() for _, text in page.all("caption", "th", "h1", "h2", "h3", "h4", "title", "summary")
    )
    assert all(a["role"] == "img" and a["aria-label"] for a, _ in page.all("div") if a.get("class") == "plot")
    assert [len(page.all(tag)) for tag in ("main", "header", "footer", "nav", "h1")] == [1, 1, 1, 1, 1]
    levels = [int(tag[1]) for tag, _, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert all(later <= earlier + 1 for earlier, later in itertools.pairwise(levels))


def test_every_figure_has_its_facts_as_a_table(week_page):
    page = Page(week_page)
    plots = [attrs["id"] for attrs, _ in page.all("div") if attrs.get("class") == "plot"]
    assert len(plots) == 1 + 3 * 3
    assert set(json.loads(page.all("script")[1][1])["figures"]) == set(plots)
    assert (
        sum(
            len(re.findall("<table", figure))
            for figure in re.findall(r"<figure>.*?</figure>", week_page, re.DOTALL)
        )
        == 10
    )


def test_the_summary_links_to_each_campaign(week_page):
    page = Page(week_page)
    links = [(attrs["href"], text) for attrs, text in page.all("a")]
    for place, name in enumerate(("amber-heron", "slate-marten", "copper-finch"), start=1):
        assert (f"#campaign-{place}", name) in links
    assert "41 accounts act as one and pull reasoning traces; 13.3 bits" in words(week_page)


def words(html):
    return " ".join("".join(Page(html).all("body")[0][1]).split())


def test_it_says_what_is_new(week, week_page):
    assert "amber-heron is new, with 41 accounts." in words(week_page)
    assert "copper-finch grew by 4 accounts: acct_0300000, " in words(week_page)
    assert "campaign-quiet-otter is no longer seen." in words(week_page)
    assert "This is the first scan" in words(render(structs.replace(week, previous_at_s=None)))
    calm = tuple(structs.replace(c, new=False, joined=()) for c in week.campaigns)
    assert "Nothing, since the scan of 2025-10-09 00:00." in words(
        render(structs.replace(week, campaigns=calm, gone=()))
    )


def test_it_says_what_it_could_not_see(week, week_page):
    assert "12 % of exchanges hold no reply text." in words(week_page)
    assert "<code>global_disable_no_log_param: true</code>" in week_page
    assert "every field that the detectors ask for" in words(render(structs.replace(week, blind=())))
    assert "a ` b" in words(render(structs.replace(week, blind=("a ` b",))))


def test_it_says_how_far_claims_go(week, week_page):
    assert "10,085 independent honest units, which bear claims up to 13.3 bits and no further" in words(
        week_page
    )
    assert "lowered" not in words(week_page)
    shifted = Calibration(ceiling_bits=11.3, effective_units=10_085, shift_bits=2.0)
    text = words(render(structs.replace(week, calibration=shifted)))
    assert "up to 13.3 bits and no further" in text
    assert "lowered by 2.0 bits" in text


def test_without_campaigns_there_is_still_a_page(week):
    page = render(structs.replace(week, campaigns=(), accounts=(), gone=(), permitted=(), calibration=None))
    assert "No campaign was found." in words(page)
    assert len(page) < 40_000


def test_colors_of_the_dark_travel_with_the_figures(week_page):
    assert json.loads(Page(week_page).all("script")[1][1])["dark"] == DARK_FOR_LIGHT


def test_two_hundred_accounts_are_listed_and_the_file_named(crowd):
    table = accounts(crowd.portraits()[0])
    assert len(table.rows) == 200
    assert table.note == "The first 200 of 5,000; verdicts.jsonl has all of them."


def test_columns_that_say_nothing_are_left_out(week):
    portrait = week.portraits()[0]
    names = [column.name for column in accounts(portrait).columns]
    assert "rank" not in names
    assert "programme" not in names
    assert "verified by" in names
    assert {"addresses", "networks"} <= set(names)
    unplaced = tuple(structs.replace(line, addresses=0, networks=0) for line in portrait.accounts)
    told = accounts(structs.replace(portrait, accounts=unplaced))
    assert not {"addresses", "networks"} & {column.name for column in told.columns}
    lines = (structs.replace(portrait.accounts[0], rank=1.0), *portrait.accounts[1:])
    table = accounts(structs.replace(portrait, accounts=lines))
    assert "rank" in [column.name for column in table.columns]
    assert table.rows[-1][0] == portrait.accounts[0].account


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(), max_size=60), st.text(st.characters(), max_size=200))
def test_no_name_and_no_sentence_can_add_an_element(week, name, text):
    def count(name, text):
        campaign = week.campaigns[1]
        made = structs.replace(
            campaign,
            name=name,
            sentence=text,
            actor=name,
            accounts=(name,),
            links=(),
            because=(structs.replace(campaign.because[0], signal=name, text=text),),
        )
        findings = structs.replace(
            week, campaigns=(made,), accounts=(AccountFacts(account=name, verification=text),), events=()
        )
        kept = {"wbr", "code"}  # ours, and made of a name's underscores and a sentence's backticks
        return [tag for tag, _, _ in Page(render(findings)).elements if tag not in kept]

    assert count(name, text) == count("n", "t")


def test_the_same_findings_give_the_same_page_whatever_the_hash_seed():
    script = (
        "import importlib.util, hashlib;"
        f"spec = importlib.util.spec_from_file_location('made', {CONFTEST!r});"
        "made = importlib.util.module_from_spec(spec); spec.loader.exec_module(made);"
        "from excise.report.page import render;"
        "week = made.findings([made.campaign('a', 30, 2), made.campaign('b', 7, 3)]);"
        "print(hashlib.sha256(render(week).encode()).hexdigest())"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(found) == 1


def cost_s(findings):
    render(findings)
    costs = []
    for _ in range(3):
        start = time.process_time()
        render(findings)
        costs.append(time.process_time() - start)
    return min(costs)


def test_a_dozen_campaigns_are_quick_and_small(dozen):
    assert cost_s(dozen) < 1.5
    assert len(render(dozen).encode()) < 7_000_000


def test_five_thousand_accounts_are_quick_enough_and_small(crowd):
    assert cost_s(crowd) < 10
    assert len(render(crowd).encode()) < 7_000_000


def test_a_portrait_alone_can_be_listed(week):
    portrait = week.portraits()[2]
    assert len(accounts(Portrait(campaign=portrait.campaign, accounts=portrait.accounts)).rows) == 9
