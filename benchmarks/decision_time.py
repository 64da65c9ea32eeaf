"""From the acknowledgement of exchanges to a decision about who sent them, while others send as well.

    python benchmarks/decision_time.py [--per-s 2000] [--write]

The service runs with a policy that blocks at once. A population (seed 950, small) is sent and judged; then
others send at the rate asked for, and the campaigns of a second population (seed 951) are sent among them.
Their accounts are asked for at ``/v1/decide`` again and again: the time counts from the acknowledgement of
the last exchange to the first blocked account, and to half of those that are ever blocked. Beside it stands
the time that ``/v1/decide`` takes alone and under this load.
"""

import argparse
import gzip
import json
import os
import platform
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import msgspec
import uvloop
from load import drive, free_port, ready

from excise.proving_ground.compose import compose
from excise.proving_ground.draw import SCALES, draw
from excise.report.progress import now_s

ROOT = Path(__file__).parents[1]
POLICY = """
[rules.block]
action = "block"
bits_at_least = 8
hours = 48
take = "act"
mode = "live"
[bulk]
accounts = 100000
traffic_share = 1.0
"""
_WATCHED_S = 150.0


def world(seed: int, folder: Path) -> tuple[list[bytes], list[str]]:
    """Compose a population whose last day is today: its lines, and the accounts that harvest."""
    drawn = draw(seed, SCALES["small"], days=7, harvesting=0.1)
    compose(msgspec.structs.replace(drawn, start_s=now_s() - 86_400.0 * drawn.days), folder)
    truth = [json.loads(line) for line in (folder / "truth.jsonl").read_text().splitlines()]
    harvesting = [row["account"] for row in truth if row["campaign"] and not row["programme"]]
    return gzip.decompress((folder / "log.litellm.jsonl.gz").read_bytes()).splitlines(), harvesting


class Sender:
    """Sends lines in bodies of five hundred, and asks for decisions."""

    def __init__(self, port: int, token: str) -> None:
        """Connect."""
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60)
        self.headers = {"x-excise-token": token}

    def send(self, lines: list[bytes]) -> None:
        """Send lines, again where they are refused."""
        for at in range(0, len(lines), 500):
            body = b"\n".join(lines[at : at + 500])
            while self.client.post("/v1/litellm", content=body, headers=self.headers).status_code != 200:
                time.sleep(0.2)

    def blocked(self, accounts: list[str]) -> set[str]:
        """Return which accounts are blocked now."""
        found = set()
        for account in accounts:
            body = json.dumps({"account": account}).encode()
            answer = self.client.post("/v1/decide", content=body, headers=self.headers)
            if answer.json()["action"] == "block":
                found.add(account)
        return found


def watched(sender: Sender, accounts: list[str], *, seconds: float) -> dict[str, float]:
    """Return when, since now, each account was blocked."""
    began = time.perf_counter()
    found: dict[str, float] = {}
    while time.perf_counter() - began < seconds:
        for account in sender.blocked([one for one in accounts if one not in found]):
            found[account] = time.perf_counter() - began
        time.sleep(0.2)
    return found


def decide_times(port: int, token: str, seconds: float) -> dict[str, float]:
    """Ask for decisions over eight connections."""

    def asking() -> Iterator[bytes]:
        while True:
            yield b'{"account": "acct_1", "address": "203.0.113.9"}'

    got = uvloop.run(drive(port, "/v1/decide", token, asking(), connections=8, seconds=seconds))
    return {name: round(got[name], 2) for name in ("per_s", "p50_ms", "p99_ms")}


def loading(port: int, token: str, per_s: float, seconds: float) -> threading.Thread:
    """Send single exchanges at a rate, in a process of its own."""
    folder = str(ROOT / "benchmarks")
    code = (
        f"import sys, uvloop; sys.path.insert(0, {folder!r})\n"
        "from load import Shape, bodies, drive\n"
        f"drives = drive({port}, '/v1/litellm', {token!r}, bodies(Shape('single', 1)), connections=32,\n"
        f"               seconds={seconds}, per_s={per_s})\n"
        "print('background', uvloop.run(drives))\n"
    )
    thread = threading.Thread(target=lambda: subprocess.run([sys.executable, "-c", code], check=False))
    thread.start()
    return thread


def measured(port: int, token: str, made: Path, per_s: float) -> dict[str, object]:
    """Run all of it against a service that is up."""
    sender = Sender(port, token)
    first, first_harvesting = world(950, made / "first")
    second, second_harvesting = world(951, made / "second")
    found: dict[str, object] = {"decide_alone": decide_times(port, token, 5.0)}
    sender.send(first)
    quiet = watched(sender, first_harvesting, seconds=60.0)
    background = loading(port, token, per_s, _WATCHED_S + 45.0)
    time.sleep(5.0)
    found["decide_under_load"] = decide_times(port, token, 10.0)
    harvesting = set(second_harvesting)
    marks = [json.dumps(account).encode() for account in harvesting]
    sender.send([line for line in second if any(mark in line for mark in marks)])
    loaded = watched(sender, second_harvesting, seconds=_WATCHED_S)
    text = sender.client.get("/metrics", headers=sender.headers).text
    lag = re.search(r"^excise_loop_lag_seconds (\S+)", text, re.MULTILINE)
    background.join()
    for name, times, of in (("quiet", quiet, first_harvesting), ("under_load", loaded, second_harvesting)):
        ordered = sorted(times.values())
        found[name] = {
            "harvesting_accounts": len(of),
            "blocked": len(ordered),
            "first_s": round(ordered[0], 1) if ordered else None,
            "half_s": round(ordered[len(ordered) // 2], 1) if ordered else None,
            "last_s": round(ordered[-1], 1) if ordered else None,
        }
    return found | {"background_per_s": per_s, "lag_at_the_end_s": float(lag[1]) if lag else None}


def main() -> None:
    """Measure, print, and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--per-s", type=float, default=2000.0)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        made, port = Path(name), free_port()
        data, said = made / "data", made / "said"
        data.mkdir()
        (made / "settings.toml").write_text("[limits]\nrequests_per_s = 1e9\n")
        command = [
            sys.executable,
            "-m",
            "excise",
            "serve",
            "--data",
            str(data),
            "--listen",
            f"127.0.0.1:{port}",
        ]
        command += ["--settings", str(made / "settings.toml")]
        environment = {**os.environ, "EXCISE_PASSPHRASE": "a benchmark keeps nothing"}
        with said.open("w") as out:
            process = subprocess.Popen(command, stdout=out, stderr=out, env=environment)
        try:
            ready(port)
            (data / "policy.toml").write_text(POLICY)
            token = re.search(r"excise_[0-9a-f]{8}_[\w-]{43}", said.read_text())
            assert token is not None
            found = measured(port, token[0], made, options.per_s)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)
    found = {
        "date": datetime.fromtimestamp(now_s(), UTC).date().isoformat(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "seeds": [950, 951],
        **found,
    }
    print(json.dumps(found, indent=1))
    if options.write:
        (ROOT / "docs" / "measured" / "decision_time.json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
