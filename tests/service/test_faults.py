"""What goes wrong around a running service: no acknowledged exchange is lost, and none is there twice.

Each fault is tried a few times here; ``benchmarks/faults.py`` tries each twenty times with these same tests
(EXCISE_FAULTS says how often, EXCISE_FAULTS_OUT where the outcomes go).
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest

TIMES = int(os.environ.get("EXCISE_FAULTS", "2"))
OUT = os.environ.get("EXCISE_FAULTS_OUT")


def note(fault: str, **counts: float) -> None:
    """Write down how often a fault was tried, for the benchmark."""
    if OUT:
        with Path(OUT).open("a", encoding="utf-8") as out:
            out.write(json.dumps({"fault": fault, **counts}) + "\n")


class Sender(threading.Thread):
    """Sends exchanges with ids of their own, as a gateway does: again until they are acknowledged."""

    def __init__(self, service, sent: Callable[..., bytes], name: str, *, batch: int = 20) -> None:
        super().__init__(daemon=True)
        self.service, self.sent, self.batch = service, sent, batch
        self.label = name
        self.acknowledged: list[str] = []
        self.tries = 0
        self.over = threading.Event()

    def run(self) -> None:
        number = 0
        while not self.over.is_set():
            ids = [f"{self.label}-{number + n}" for n in range(self.batch)]
            body = b"\n".join(self.sent(one, account=f"acct_{number % 7}") for one in ids)
            while not self.over.is_set():
                self.tries += 1
                try:
                    answer = self.service.post("/v1/litellm", body)
                except httpx.TransportError:
                    time.sleep(0.05)
                    continue
                if answer.status_code == 200:
                    assert answer.json()["rejected"] == 0
                    self.acknowledged += ids
                    number += self.batch
                    break
                assert answer.status_code in (429, 503), answer.text
                assert int(answer.headers["retry-after"]) >= 1
                time.sleep(0.05)

    def end(self) -> int:
        self.over.set()
        self.join(180)
        return len(self.acknowledged)


@pytest.fixture
def senders(sent) -> Iterator[Callable[..., list[Sender]]]:
    made: list[Sender] = []

    def start(service, count: int = 3) -> list[Sender]:
        made.extend(Sender(service, sent, f"s{n}") for n in range(count))
        for one in made:
            one.start()
        return made

    yield start
    for one in made:
        one.over.set()


def settle(service, senders: list[Sender]) -> None:
    """Every acknowledged exchange is there, none twice; at most what was being sent is there besides."""
    acknowledged = sum(one.end() for one in senders)
    assert acknowledged > 0
    if service.process.poll() is None:
        assert service.end() == 0, service.said.read_text()[-3000:]
    kept = service.distinct()
    assert kept.rows == kept.distinct, "none is there twice"
    ids = {name for one in senders for name in one.acknowledged}
    lost = {service.record_of(name) for name in ids} - kept.records
    assert not lost, f"{len(lost)} of {acknowledged} acknowledged exchanges are lost"
    assert kept.rows <= acknowledged + sum(one.batch for one in senders)


def test_kill_of_the_service(served, senders) -> None:
    service = served()
    sending = senders(service)
    for _ in range(TIMES):
        time.sleep(0.4)
        service.kill()
        service.start()
    acknowledged = sum(len(one.acknowledged) for one in sending)
    settle(service, sending)
    note("kill -9 of the service", times=TIMES, acknowledged=acknowledged)


def test_kill_of_the_process_that_observes_and_of_the_loop(served, senders) -> None:
    service = served()
    sending = senders(service)
    for _ in range(TIMES):
        time.sleep(0.5)
        command = ["pgrep", "-P", str(service.process.pid), "-f", "multiprocessing.spawn"]
        found = subprocess.run(command, capture_output=True, text=True, check=False).stdout.split()
        for child in found:
            os.kill(int(child), signal.SIGKILL)
        before = sum(len(one.acknowledged) for one in sending)
        until = time.monotonic() + 180
        while sum(len(one.acknowledged) for one in sending) == before:
            assert time.monotonic() < until, service.said.read_text()[-3000:]
            time.sleep(0.1)
    settle(service, sending)
    note("kill -9 of the processes beside it", times=TIMES)


def test_kill_of_postgresql(served, senders, postgres) -> None:
    service = served("--database", postgres.fresh())
    sending = senders(service, 2)
    token = service.token
    for _ in range(TIMES):
        time.sleep(0.5)
        postgres.kill()
        # Decisions and tokens are in memory, exchanges in the journal: neither waits for the database.
        assert service.post("/v1/decide", b'{"account": "acct_1"}').status_code == 200
        before = sum(len(one.acknowledged) for one in sending)
        until = time.monotonic() + 60
        while sum(len(one.acknowledged) for one in sending) == before:
            assert time.monotonic() < until, "capture goes on without the database"
            time.sleep(0.05)
        postgres.start()
    until = time.monotonic() + 180
    while service.get("/readyz").status_code != 200 or service.metric("excise_effects_age_seconds") > 2:
        assert time.monotonic() < until, service.said.read_text()[-3000:]
        time.sleep(0.2)
    assert service.token == token
    settle(service, sending)
    note("kill -9 of PostgreSQL", times=TIMES)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "small"
    place.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(place)], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("a small file system cannot be mounted here; this needs to be root")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=False)


def test_a_full_disk(served, senders, small_disk: Path) -> None:
    settings = "[journal]\nfree_bytes = 0\nspool_days = 0\n"
    service = served(name=f"{small_disk.name}/data", settings=settings)
    sending = senders(service)
    refused = 0
    for _ in range(TIMES):
        until = time.monotonic() + 180
        filler = small_disk / "filler"
        with filler.open("wb") as out:
            while time.monotonic() < until:
                try:
                    out.write(bytes(1 << 20))
                    out.flush()
                except OSError:
                    break
        while service.post("/v1/litellm", sending[0].sent(time.time_ns())).status_code != 503:
            assert time.monotonic() < until, "it refuses what it cannot keep"
        refused += 1
        assert service.post("/v1/decide", b'{"account": "acct_1"}').status_code == 200
        filler.unlink()
        before = sum(len(one.acknowledged) for one in sending)
        while sum(len(one.acknowledged) for one in sending) == before:
            assert time.monotonic() < until, "it goes on when there is room again"
            time.sleep(0.05)
    probes = refused  # each probe that got through is one exchange more
    acknowledged = sum(one.end() for one in sending)
    service.end()
    target = service.folder.parents[1] / "copied"
    shutil.copytree(service.folder, target)
    kept = service.distinct(target)
    assert kept.rows == kept.distinct
    lost = {service.record_of(name) for one in sending for name in one.acknowledged} - kept.records
    assert not lost
    assert acknowledged > 0
    note("disk full", times=TIMES, acknowledged=acknowledged, refused=probes)


def test_a_clock_that_jumps(served, senders, tmp_path: Path) -> None:
    """Every Python process of the service takes its time from a file here: hours ahead, and years back."""
    jump = tmp_path / "jump"
    jump.write_text("0")
    patched = tmp_path / "patched"
    patched.mkdir()
    (patched / "sitecustomize.py").write_text(
        "import time\n_real = time.time\n\n\ndef jumped():\n"
        f"    try:\n        return _real() + float(open({str(jump)!r}).read() or 0)\n"
        "    except OSError:\n        return _real()\n\n\ntime.time = jumped\n"
    )
    service = served(python_path=patched)
    sending = senders(service, 2)
    year_s = 365 * 86400.0
    for n in range(TIMES):
        jump.write_text(str((6 * 3600.0, -year_s, year_s, 0.0)[n % 4]))
        before = sum(len(one.acknowledged) for one in sending)
        until = time.monotonic() + 90
        while sum(len(one.acknowledged) for one in sending) <= before + 40:
            assert time.monotonic() < until, service.said.read_text()[-3000:]
            time.sleep(0.05)
        assert service.get("/readyz").status_code == 200
    jump.write_text("0")
    settle(service, sending)
    note("clock jump", times=TIMES)


def test_slow_clients_and_half_open_connections(served, senders) -> None:
    service = served(settings="[limits]\nhead_s = 1.0\nbody_s = 2.0\nstalled_s = 2.0\nconnections = 200\n")
    sending = senders(service, 2)
    head = f"POST /v1/litellm HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {service.token}\r\n"
    open_ones: list[socket.socket] = []
    for n in range(max(20, TIMES)):
        one = socket.create_connection(("127.0.0.1", service.port))
        one.settimeout(60)
        begins = (b"", b"POST /v1", head.encode(), f"{head}content-length: 1000\r\n\r\n{{".encode())[n % 4]
        one.sendall(begins)
        open_ones.append(one)
    began = time.monotonic()
    answers = [one.recv(1000) for one in open_ones]
    took_s = time.monotonic() - began
    assert took_s < 50, "each is answered or cut off within its time"
    assert all(not answer or b" 408 " in answer for answer in answers)
    for one in open_ones:
        one.close()
    # Half open: the other side is gone without a word, its head half sent.
    for _ in range(max(20, TIMES)):
        one = socket.create_connection(("127.0.0.1", service.port))
        one.sendall(head.encode() + b"content-length: 50\r\n\r\n")
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        one.close()
    assert service.post("/v1/decide", b'{"account": "acct_1"}').status_code == 200
    assert all(len(one.acknowledged) > 0 for one in sending)
    settle(service, sending)
    note("slow client", times=max(20, TIMES))
    note("half-open connection", times=max(20, TIMES))


def test_duplicates_and_reordering(served, sent) -> None:
    service = served()
    dice = np.random.default_rng(7)
    lines = [sent(n, account=f"acct_{n % 5}") for n in range(300)]
    accepted = 0
    rounds = max(20, TIMES)
    for _ in range(rounds):
        some = [
            lines[int(n)]
            for n in dice.permutation(np.append(dice.permutation(300)[:40], dice.integers(0, 300, 10)))
        ]
        accepted += service.post("/v1/litellm", b"\n".join(some)).json()["accepted"]
        if dice.random() < 0.1:
            service.kill()
            service.start()
    accepted_last = service.post("/v1/litellm", b"\n".join(reversed(lines))).json()
    assert accepted_last["accepted"] + accepted_last["duplicate"] == 300
    service.end()
    kept = service.distinct()
    assert (kept.rows, kept.distinct) == (300, 300)
    note("duplicate and reordered delivery", times=rounds)
