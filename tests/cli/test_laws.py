"""What a scan says depends on what was sent, not on order, nationality, or a process that was killed."""

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from excise.proving_ground.compose import compose
from excise.proving_ground.draw import Scale, draw

ROOT = Path(__file__).parents[2]
STORES, KILLS = 5, 4


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A composed world with campaigns in it, and its log unpacked."""
    folder = tmp_path_factory.mktemp("world")
    compose(draw(7, Scale(accounts=240, exchanges=4_000), days=7, harvesting=0.15), folder)
    (folder / "log.jsonl").write_bytes(gzip.decompress((folder / "log.litellm.jsonl.gz").read_bytes()))
    zeros = "00" * 32
    secret = folder / "secret.toml"
    secret.write_text(
        f'version = 1\nlasting = "{zeros}"\n\n[[keys]]\nsecret = "{zeros}"\ncreated_at_s = 0.0\n', "utf-8"
    )
    secret.chmod(0o600)
    # so small a world names few campaigns at ten bits; here they only have to be there
    (folder / "settings.toml").write_text("[detection]\nnamed_at_bits = 7\n", "utf-8")
    return folder


def command(world: Path, out: Path, *logs: Path, accounts: Path | None = None) -> list[str]:
    """The command line of a scan."""
    known = accounts or world / "accounts.jsonl"
    return [
        *(sys.executable, "-m", "excise", "scan", *map(str, logs or (world / "log.jsonl",))),
        *("--accounts", str(known), "--networks", str(world / "asn.csv")),
        *("--releases", str(world / "releases.json"), "--out", str(out), "--workers", "1"),
        *("--secret-file", str(world / "secret.toml"), "--settings", str(world / "settings.toml")),
    ]


def start(arguments: list[str], folder: Path) -> subprocess.Popen[bytes]:
    """Start it, in a session of its own, so that whatever it starts can be ended with it."""
    env = {"PYTHONPATH": str(ROOT / "src"), "PATH": "/usr/bin:/bin", "HOME": str(folder)}
    return subprocess.Popen(
        arguments,
        cwd=folder,
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def results(out: Path) -> tuple[bytes, bytes]:
    """What a scan wrote for programs, without the names of its own folders."""
    return (out / "verdicts.jsonl").read_bytes(), (out / "campaigns.jsonl").read_bytes()


def scanned(arguments: list[str], out: Path) -> tuple[bytes, bytes]:
    with start(arguments, out.parent) as process:
        _, error = process.communicate(timeout=120)
    assert process.returncode == 0, error.decode()
    return results(out)


@pytest.fixture(scope="module")
def whole(world: Path) -> tuple[bytes, bytes]:
    """What a scan says that nobody interrupts."""
    found = scanned(command(world, world / "whole"), world / "whole")
    assert b'"campaign-' in found[1]
    return found


def test_a_scan_killed_at_twenty_random_points_says_the_same_when_run_again(
    world: Path, whole: tuple[bytes, bytes], tmp_path: Path
) -> None:
    """kill -9; the moments are drawn over the time that a whole scan takes."""
    moments = np.random.default_rng(20251006)
    began_s = time.perf_counter()
    scanned(command(world, tmp_path / "timed"), tmp_path / "timed")
    takes_s = time.perf_counter() - began_s
    killed = 0
    for n in range(STORES):
        out = tmp_path / f"out-{n}"
        for _ in range(KILLS):
            began_s = time.perf_counter()
            with start(command(world, out), tmp_path) as process:
                try:
                    process.wait(float(moments.uniform(0.1, 1.0)) * takes_s)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGKILL)
                    killed += 1
                else:  # the machine has become faster
                    takes_s = min(takes_s, time.perf_counter() - began_s)
                process.communicate()
        assert scanned(command(world, out), out) == whole
    # a run may end before its moment: it is the machine's speed that varies, not the outcome
    assert killed >= STORES * KILLS // 2


@pytest.mark.parametrize("order", [(2, 1, 0), (1, 2, 0)])
def test_the_order_of_logs_changes_nothing(
    order: tuple[int, ...], world: Path, whole: tuple[bytes, bytes], tmp_path: Path
) -> None:
    lines = (world / "log.jsonl").read_bytes().splitlines(keepends=True)
    for n in range(3):
        (tmp_path / f"part-{n}.jsonl").write_bytes(b"".join(lines[n::3]))
    parts = [tmp_path / f"part-{n}.jsonl" for n in order]
    assert scanned(command(world, tmp_path / "out", *parts), tmp_path / "out") == whole


def test_country_language_and_name_change_nothing(
    world: Path, whole: tuple[bytes, bytes], tmp_path: Path
) -> None:
    rows = [json.loads(line) for line in (world / "accounts.jsonl").read_text("utf-8").splitlines()]
    of = np.random.default_rng(1)
    for turn in range(2):
        for row, country, name in zip(
            rows, of.permutation(len(rows)), of.permutation(len(rows)), strict=True
        ):
            row |= {
                "country": ("DE", "CN", "US", "BR")[country % 4],
                "language": ("de-DE", "zh-CN", "en-US", "pt-BR")[country % 4],
                "name": f"Person {name}",
            }
        accounts = tmp_path / f"accounts-{turn}.jsonl"
        accounts.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
        out = tmp_path / f"out-{turn}"
        assert scanned(command(world, out, accounts=accounts), out) == whole
