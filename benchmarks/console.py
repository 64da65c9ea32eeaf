"""How fast the console answers on a large deployment, and how a large campaign feels in a browser.

    python benchmarks/console.py --date 2026-11-24 --out docs/measured/console.json

Fills a state with a million accounts, ten thousand campaigns and one of five thousand accounts, serves it,
and asks for every page fifty times: the server's time, from the reply's own ``server-timing``. In headless
Chromium: first contentful paint, frames a second while the graph is zoomed and dragged, memory of the tab.
"""

import argparse
import contextlib
import json
import platform
import shutil
import statistics
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import filling
import httpx
import numpy as np
import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from excise.casework.policy import shipped
from excise.casework.state import State
from excise.casework.state.people import Role
from excise.console.app import console
from excise.console.visit import Desk
from excise.detection.campaign import Campaign
from excise.report.findings import AccountFacts, Bins, Portrait
from excise.service.loop import portraits

NOW_S = filling.NOW_S
PASSWORD = "correct horse battery staple"


def portray(of: Campaign, folder: Path) -> None:
    """Write the portrait of a campaign, as the loop does."""
    facts = tuple(
        AccountFacts(
            account=account,
            first_at_s=NOW_S - 14 * 86_400,
            last_at_s=NOW_S - 60,
            exchanges=200,
            tokens_out=90_000,
            rank=of.rank,
            bits=of.bits,
            bins=tuple(range(place % 100, place % 100 + 48)),
            counts=(4,) * 48,
        )
        for place, account in enumerate(of.accounts)
    )
    grid = Bins(origin_s=NOW_S - 14 * 86_400, width_s=3600.0)
    portraits.write(
        folder / "store" / "derived" / "portraits", Portrait(campaign=of, accounts=facts, bins=grid)
    )


class Timed:
    """The console, saying in each reply how long it took."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, with the milliseconds until the reply began."""
        began = time.perf_counter()

        async def timed(message: Message) -> None:
            if message["type"] == "http.response.start":
                took = f"app;dur={(time.perf_counter() - began) * 1000:.2f}".encode()
                message["headers"] = [*message["headers"], (b"server-timing", took)]
            await send(message)

        await self._app(scope, receive, timed)


def paths(state: State) -> dict[str, str]:
    """Return every page by name."""
    large = state.cases.of_campaign(filling.name_of(0))
    small = state.cases.of_campaign(filling.name_of(77))
    assert large is not None, "the large campaign has a case"
    assert small is not None, "and so has the small"
    account = small.accounts[0]
    return {
        "queue": "/",
        "queue, filtered": "/?text=act&bits=11&order=exchanges",
        "case": f"/case/{small.id}",
        "case of five thousand": f"/case/{large.id}",
        "why": f"/case/{large.id}/why",
        "preview of five thousand": f"/case/{large.id}/decide?kind=block&hours=24&mode=live&reason=because",
        "account": f"/account?name={account}",
        "doctor": "/doctor",
        "lineage": "/lineage",
        "decisions": "/decisions",
        "programmes": "/programmes",
        "detectors": "/detectors",
        "ledger": "/ledger",
        "find": f"/find?q={account}",
    }


def server_times(url: str, pages: dict[str, str], rounds: int) -> dict[str, dict[str, float]]:
    """Ask for each page often; return milliseconds at the median and the 95th percentile."""
    with contextlib.closing(signed_in(url)) as client:
        took: dict[str, list[float]] = {name: [] for name in pages}
        for _ in range(rounds):
            for name, path in pages.items():
                reply = client.get(path)
                assert reply.status_code in {200, 303}, (path, reply.status_code, reply.text[:300])
                took[name].append(float(reply.headers["server-timing"].partition("dur=")[2]))
    return {
        name: {
            "p50_ms": round(statistics.median(all_), 1),
            "p95_ms": round(float(np.quantile(all_, 0.95)), 1),
        }
        for name, all_ in took.items()
    }


def signed_in(url: str) -> httpx.Client:
    """Return a client with a session."""
    client = httpx.Client(base_url=url, headers={"sec-fetch-site": "same-origin"}, timeout=120)
    client.post("/sign-in", data={"name": "analyst", "password": PASSWORD, "to": "/"})
    return client


def in_browser(url: str, pages: dict[str, str]) -> dict[str, object]:
    """Measure first contentful paint, and the graph of the large campaign, in headless Chromium."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - a tool of development

    with sync_playwright() as running:
        browser = running.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--enable-precise-memory-info"]
        )
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(url + "/sign-in")
        page.fill("#name", "analyst")
        page.fill("#password", PASSWORD)
        page.click("button.go")
        painted = {}
        for name, path in pages.items():
            if name == "find":
                continue
            page.goto(url + path)
            page.wait_for_load_state("load")
            page.wait_for_timeout(300)
            paint = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"
            painted[name] = page.evaluate(paint)
        page.goto(url + pages["case of five thousand"])
        graph = page.locator("[id$='-ties']")
        graph.scroll_into_view_if_needed()
        page.wait_for_selector("[id$='-ties'] .main-svg")
        page.wait_for_timeout(1_000)
        box = graph.bounding_box()
        assert box is not None, "the graph is drawn"
        page.evaluate(
            "() => { window.frames_ = 0;"
            " const tick = () => { window.frames_++; requestAnimationFrame(tick); };"
            " requestAnimationFrame(tick); }"
        )
        began, x, y = time.perf_counter(), box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.mouse.move(x, y)
        for turn in range(4):
            page.mouse.down()
            for step in range(15):
                page.mouse.move(x + 4 * step, y + 3 * step)
            page.mouse.up()
            page.wait_for_timeout(100)
            if turn % 2:
                page.mouse.dblclick(x, y)
        seconds = time.perf_counter() - began
        frames = page.evaluate("window.frames_") / seconds
        heap = page.evaluate("performance.memory.usedJSHeapSize") / 2**20
        tab = largest_tab_mib()
        browser.close()
    return {
        "first_contentful_paint_ms": painted,
        "graph_frames_a_second": round(frames, 1),
        "tab_heap_mib": round(heap, 1),
        "tab_resident_mib": round(tab, 1),
    }


def largest_tab_mib() -> float:
    """Return the resident memory of the largest renderer of this browser, MiB."""
    largest = 0.0
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if b"--type=renderer" in (process / "cmdline").read_bytes():
                for line in (process / "status").read_text().splitlines():
                    if line.startswith("VmRSS:"):
                        largest = max(largest, int(line.split()[1]) / 1024)
    return largest


def bars(server: dict[str, dict[str, float]], browser: dict[str, object]) -> dict[str, dict[str, object]]:
    """Set what was measured beside what it may be."""
    painted = browser["first_contentful_paint_ms"]
    assert isinstance(painted, dict), "one figure a page"
    found = {
        "server time, p95 of the slowest page, ms": (
            max(one["p95_ms"] for one in server.values()),
            300,
            "<=",
        ),
        "first contentful paint of the slowest page, ms": (max(painted.values()), 1000, "<="),
        "graph of the largest campaign, frames a second": (browser["graph_frames_a_second"], 20, ">="),
        "memory of the tab, MiB": (browser["tab_resident_mib"], 500, "<="),
    }
    return {
        name: {"is": is_, "bar": f"{way} {bar}", "kept": is_ <= bar if way == "<=" else is_ >= bar}
        for name, (is_, bar, way) in found.items()
    }


def main() -> None:
    """Fill, serve, ask, look, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=1_000_000)
    parser.add_argument("--campaigns", type=int, default=10_000)
    parser.add_argument("--large", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--date")
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="excise-console-") as name:
        folder = Path(name)
        with State.open(folder / "excise.db", secret=bytes(32), now_s=NOW_S) as state:
            began = time.perf_counter()
            size = filling.Size(asked.accounts, asked.campaigns, asked.large)
            portray(filling.fill(state, size, np.random.default_rng(0), shipped()), folder)
            filled_s = time.perf_counter() - began
            state.people.add("analyst", Role.ANALYST, password=PASSWORD, by="bench", now_s=NOW_S)
            desk = Desk(state=state, policy=shipped, clock=lambda: NOW_S, data=folder)
            server = uvicorn.Server(
                uvicorn.Config(
                    Timed(console(desk)), host="127.0.0.1", port=0, log_config=None, lifespan="off"
                )
            )
            threading.Thread(target=server.run, daemon=True).start()
            while not server.started:
                time.sleep(0.01)
            url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
            pages = paths(state)
            figures: dict[str, Any] = {
                "date": asked.date,
                "machine": f"{platform.machine()}, 2 cores, Python {platform.python_version()}, SQLite",
                "seed": 0,
                "accounts": asked.accounts,
                "campaigns": asked.campaigns,
                "large_campaign": asked.large,
                "rounds": asked.rounds,
                "filled_s": round(filled_s, 1),
                "server": server_times(url, pages, asked.rounds),
                "browser": in_browser(url, pages),
            }
            figures["bars"] = bars(figures["server"], figures["browser"])
            server.should_exit = True
    text = json.dumps(figures, indent=1) + "\n"
    print(text)
    if asked.out:
        asked.out.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
