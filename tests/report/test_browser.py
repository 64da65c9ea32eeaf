"""The page in a real browser: what it draws, what it must not do."""

import json
import shutil

import pytest

from excise.report.page import render

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP, PHONE = (1280, 900), (390, 844)
SHIFT = """
    window.shift = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
"""


@pytest.fixture(scope="session")
def chromium():
    with playwright.sync_playwright() as run:
        browser = run.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def pages(tmp_path_factory, week, hostile, crowd):
    folder = tmp_path_factory.mktemp("pages")
    for name, findings in (("week", week), ("hostile", hostile), ("crowd", crowd)):
        (folder / f"{name}.html").write_text(render(findings), "utf-8")
    return folder


@pytest.fixture
def opened(chromium, pages):
    """Open a page and hear everything that it does; it must have done nothing but be read."""
    heard, contexts = [], []

    def open_page(name, size=DESKTOP, scheme="light", **options):
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme=scheme,
            has_touch=size is PHONE,
            **options,
        )
        contexts.append(context)
        page = context.new_page()
        url = f"file://{pages}/{name}.html"
        page.on("console", lambda message: heard.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: heard.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (heard.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on(
            "request", lambda request: heard.append(f"request: {request.url}") if request.url != url else None
        )
        if options.get("java_script_enabled", True):
            page.add_init_script(SHIFT)
        page.goto(url)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert heard == []


def until(page, condition):
    """Wait for a condition. The policy refuses Playwright's own way, which evaluates text in the page."""
    for _ in range(200):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    raise AssertionError(condition)


def draw_all(page, plots=".plot"):
    """Scroll through the page until every figure, or those that are chosen, is drawn."""
    found = page.locator(plots)
    for at in range(found.count()):
        found.nth(at).scroll_into_view_if_needed()
    until(page, f"[...document.querySelectorAll('{plots}')].every((p) => p.querySelector('.main-svg'))")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE])
@pytest.mark.parametrize("name", ["week", "crowd"])
def test_every_figure_is_drawn_and_nothing_moves_or_overflows(opened, name, size, scheme):
    page = opened(name, size, scheme)
    draw_all(page)
    assert page.evaluate("document.documentElement.scrollWidth") == size[0]
    assert page.evaluate("window.shift") < 0.02
    ground = "rgb(255, 255, 255)" if scheme == "light" else "rgb(21, 25, 30)"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == ground
    for at in range(page.locator(".plot").count()):
        box = page.locator(".plot").nth(at).bounding_box()
        drawn = page.locator(".plot").nth(at).locator(".main-svg").first.bounding_box()
        assert abs(box["height"] - drawn["height"]) < 1
        assert drawn["width"] <= box["width"] + 1


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_hostile_text_stays_text(opened, size):
    page = opened("hostile", size)
    draw_all(page)
    assert page.evaluate("document.scripts.length") == 4
    assert page.evaluate("document.documentElement.scrollWidth") == size[0]
    foreign = (
        "img:not(.js-plotly-plot *), iframe, object, embed, form, svg a, a:not([href^='#']), foreignObject"
    )
    assert page.locator(foreign).count() == 0
    for figure in ("scan-overview", "campaign-1-waterfall", "campaign-1-timeline", "campaign-1-ties"):
        plot = page.locator(f"#{figure}")
        plot.scroll_into_view_if_needed()
        box = plot.bounding_box()
        for across in (0.45, 0.55, 0.7):
            for down in (0.2, 0.5, 0.8):
                page.mouse.move(box["x"] + across * box["width"], box["y"] + down * box["height"])
                assert page.locator(f"#{figure} svg a").count() == 0


def test_a_hover_box_shows_a_link_as_the_text_it_is(opened):
    page = opened("hostile")
    draw_all(page, "#scan-overview")
    plot = page.locator("#scan-overview")
    plot.scroll_into_view_if_needed()
    at = plot.evaluate(
        """(node) => {
          const { xaxis, yaxis, _size } = node._fullLayout;
          const place = node.data[0].hovertext.findIndex((text) => text.includes("evil.example"));
          return [_size.l + xaxis.d2p(node.data[0].x[place]), _size.t + yaxis.d2p(place)];
        }"""
    )
    box = plot.bounding_box()
    page.mouse.move(box["x"] + at[0], box["y"] + at[1])
    hovered = page.locator("#scan-overview .hoverlayer").text_content(timeout=5000)
    assert "<a href='https://evil.example/'>click</a>" in hovered
    assert page.locator("#scan-overview svg a").count() == 0


def test_names_in_labels_read_as_in_the_table(opened):
    page = opened("hostile")
    draw_all(page, "#scan-overview")
    labels = page.locator("#scan-overview .ytick text").all_text_contents()
    assert "<!--" in labels
    assert "]]>\\u2028\\u2…t;b&gt;" in labels
    assert "[bold red]ma…ld red]" in labels


def test_the_dark_has_its_own_colors(opened):
    fills = []
    for scheme in ("light", "dark"):
        page = opened("week", scheme=scheme)
        draw_all(page, "#campaign-1-waterfall")
        fills.append(page.evaluate("document.getElementById('campaign-1-waterfall').data[0].marker.color"))
    assert fills == ["#0072b2", "#56b4e9"]
    page.emulate_media(color_scheme="light")
    until(page, "document.getElementById('campaign-1-waterfall').data[0].marker.color === '#0072b2'")


def test_tables_sort_by_click_and_by_key(opened):
    page = opened("week")
    table = page.locator("#campaign-3 table", has_text="Highest rank first")
    heading = table.locator("thead th", has_text="exchanges")

    def column():
        return [
            int(text.replace(",", "")) for text in table.locator("tbody td:nth-child(2)").all_text_contents()
        ]

    heading.locator("button").click()
    assert heading.get_attribute("aria-sort") == "descending"
    assert column() == sorted(column(), reverse=True)
    heading.locator("button").focus()
    page.keyboard.press("Enter")
    assert heading.get_attribute("aria-sort") == "ascending"
    assert column() == sorted(column())
    table.locator("thead th", has_text="account").locator("button").click()
    names = table.locator("tbody th").all_text_contents()
    assert names == [f"acct_030000{at}" for at in range(9)]
    assert heading.get_attribute("aria-sort") is None


def test_it_can_be_read_without_scripts(opened):
    page = opened("week", java_script_enabled=False)
    assert page.locator(".plot:visible").count() == 0
    assert page.locator(".unscripted:visible").count() == 9
    assert page.locator("table:visible", has_text="the same 212-word instruction").count() >= 3
    page.locator("summary", has_text="Activity by day").first.click()
    assert page.locator("table:visible", has_text="active accounts").count() == 1


def test_a_finger_scrolls_and_a_mouse_zooms(opened):
    page = opened("week", PHONE, is_mobile=True)
    draw_all(page, "#campaign-1-ties")
    assert page.evaluate("document.getElementById('campaign-1-ties').layout.dragmode") is False
    desk = opened("week")
    draw_all(desk, "#campaign-1-ties")
    assert desk.evaluate("document.getElementById('campaign-1-ties').layout.dragmode") == "zoom"


def test_a_window_all_but_closed_does_no_harm(opened):
    page = opened("week")
    draw_all(page, "#campaign-1-waterfall")
    margin = "document.getElementById('campaign-1-waterfall')._fullLayout._size.l"
    widths = "document.getElementById('campaign-1-waterfall')._fullLayout.width"
    for width, left, drawn in ((40, 142, 1084), (390, 132, 354), (1280, 142, 1084)):
        page.set_viewport_size({"width": width, "height": 900})
        until(page, f"{margin} === {left} && Math.abs({widths} - {drawn}) < 30")


def test_it_prints_every_figure_in_light_colors(opened, tmp_path):
    page = opened("week", scheme="dark")
    page.pdf(path=tmp_path / "week.pdf", format="A4")
    assert (tmp_path / "week.pdf").stat().st_size > 100_000
    assert page.locator(".plot .main-svg").count() >= page.locator(".plot").count()


def test_the_data_of_a_figure_is_no_program(pages):
    text = (pages / "hostile.html").read_text("utf-8")
    island = text.split('id="pictures">')[1].split("</script>")[0]
    assert not set("<>&\u2028\u2029") & set(island)
    assert json.loads(island)["figures"]
