"""Speed of a whole scan, as a ratio to a floor measured in the same run, and its peak memory.

    python benchmarks/speed.py LOG_FOLDER [--grow] --date 2026-11-24 --out docs/measured/speed.json

The floor is gunzip and typed decode (msgspec) of the same file. Both are CPU-bound; each is run several
times in turn and the smallest wall time of each is compared. CPU time, of all processes together, is told
beside it: on a machine that others use, wall time says little. ``--grow`` also composes a world, grows it to
a million exchanges and compares the time per exchange.
"""

import argparse
import gzip
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

FLOOR = """
import gzip, sys, msgspec
class Turn(msgspec.Struct): role: str; content: str | list | None = None
class Line(msgspec.Struct):
    id: str; startTime: float; messages: list[Turn] | None = None; response: dict | None = None
    metadata: dict = {}
    model_parameters: dict = {}; prompt_tokens: int = 0; completion_tokens: int = 0; model: str = ""
decode = msgspec.json.Decoder(Line).decode
n = 0
with gzip.open(sys.argv[1], "rb") as lines:
    for line in lines:
        decode(line); n += 1
print(n)
"""


class Run(NamedTuple):
    """What a command took: wall and CPU seconds and peak resident MiB, children included."""

    wall_s: float
    cpu_s: float
    peak_mib: float


def timed(arguments: list[str]) -> Run:
    """Run a command to its end."""
    before, cpu_before_s = time.perf_counter(), _cpu_s()
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, _resident_mib(process.pid))
        time.sleep(0.5)  # looking costs the processes time
    wall = time.perf_counter() - before
    if process.returncode:
        raise SystemExit(f"{arguments} failed:\n{process.stderr.read().decode() if process.stderr else ''}")
    return Run(wall, _cpu_s() - cpu_before_s, peak)


def _cpu_s() -> float:
    """Return the CPU seconds of all commands that have ended, and of their children."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _resident_mib(pid: int) -> float:
    """Sum the proportional memory of a process and of its descendants: shared pages count once."""
    total, queue = 0.0, [pid]
    while queue:
        one = queue.pop()
        try:
            for line in Path(f"/proc/{one}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) / 1024
            for task in Path(f"/proc/{one}/task").iterdir():
                queue += [int(child) for child in (task / "children").read_text().split()]
        except (OSError, ValueError):
            continue
    return total


def scan(folder: Path) -> Run:
    """Scan a composed log once, from nothing."""
    with tempfile.TemporaryDirectory(prefix="excise-bench-") as out:
        arguments = [
            sys.executable,
            "-m",
            "excise",
            "scan",
            str(folder / "log.litellm.jsonl.gz"),
            "--out",
            f"{out}/out",
        ]
        for option, name in (
            ("--accounts", "accounts.jsonl"),
            ("--networks", "asn.csv"),
            ("--releases", "releases.json"),
        ):
            if (folder / name).exists():
                arguments += [option, str(folder / name)]
        return timed([*arguments, "--secret-file", f"{out}/secret.toml"])


def measure(folder: Path, rounds: int) -> dict[str, float | int]:
    """Compare scans with the floor, in turn."""
    log = folder / "log.litellm.jsonl.gz"
    floor_runs, runs = [], []
    for _ in range(rounds):
        floor_runs.append(timed([sys.executable, "-c", FLOOR, str(log)]))
        runs.append(scan(folder))
    floors, scans = [run.wall_s for run in floor_runs], [run.wall_s for run in runs]
    cpu_s = min(run.cpu_s for run in runs)
    with gzip.open(log, "rb") as lines:
        exchanges = sum(1 for _ in lines)
    return {
        "exchanges": exchanges,
        "rounds": rounds,
        "floor_s": round(min(floors), 2),
        "scan_s": round(min(scans), 2),
        "ratio": round(min(scans) / min(floors), 2),
        "ratio_worst": round(max(scans) / min(floors), 2),
        "us_per_exchange": round(1e6 * min(scans) / exchanges, 1),
        "cpu_ratio": round(cpu_s / min(run.cpu_s for run in floor_runs), 2),
        "cpu_us_per_exchange": round(1e6 * cpu_s / exchanges, 1),
        "peak_mib": round(max(run.peak_mib for run in runs)),
    }


def composed(folder: Path, factor: str) -> Path:
    """Compose a world of 50 thousand exchanges times a factor, unless it is there."""
    if not (folder / "truth.jsonl").exists():
        shutil.rmtree(folder, ignore_errors=True)
        compose = [
            sys.executable,
            "-m",
            "excise.proving_ground",
            "compose",
            "--seed",
            "900",
            "--scale",
            "medium",
        ]
        subprocess.run(
            [*compose, "--grow", factor, "--out", str(folder)], check=True, stdout=subprocess.DEVNULL
        )
    return folder


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "folder", type=Path, nargs="?", help="with log.litellm.jsonl.gz and its tables; composed if not given"
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--grow", type=Path, help="compose 60 thousand and a million exchanges here, and compare"
    )
    parser.add_argument("--date", help="the day of the measurement; without one nothing is written")
    parser.add_argument("--out", type=Path, default=Path("docs/measured/speed.json"))
    chosen = parser.parse_args()
    folder = chosen.folder or composed(Path(tempfile.mkdtemp(prefix="excise-bench-")), "1.2")
    result: dict[str, object] = {
        "date": chosen.date,
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "log": measure(folder, chosen.rounds),
    }
    if chosen.grow:
        grown = {}
        for name, factor in (("small", "1.2"), ("large", "20")):
            folder = composed(chosen.grow / name, factor)
            grown[name] = measure(folder, chosen.rounds if name == "small" else 1)
        small, large = grown["small"]["us_per_exchange"], grown["large"]["us_per_exchange"]
        rise = {"rise": round(large / small - 1, 3)}
        small, large = grown["small"]["cpu_us_per_exchange"], grown["large"]["cpu_us_per_exchange"]
        result["grown"] = grown | rise | {"cpu_rise": round(large / small - 1, 3)}
    if chosen.date:
        chosen.out.parent.mkdir(parents=True, exist_ok=True)
        chosen.out.write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
