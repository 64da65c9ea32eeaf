"""Logs are taken in: once however often they are read, under each key, and without a word."""

import gzip
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from excise.errors import TooManyRejects
from excise.ingest.chunks import Reject
from excise.observation.secret import Keyring
from excise.store.intake import Taken, take_in
from excise.store.store import Store

MARKER = "zyxmarkerzyx"


def line(number: int, account: str | None = "ann", text: str = "good morning") -> bytes:
    record = {
        "id": f"r{number}",
        "call_type": "acompletion",
        "status": "success",
        "model": "m",
        "startTime": 1_759_708_800.0 + number,
        "endTime": 1_759_708_801.0 + number,
        "metadata": {
            "user_api_key_user_id": account,
            "user_api_key_hash": "88dc28d0f030c55ed4ab77ed8faf0981",
        },
        "model_parameters": {"temperature": 0.5, "tools": [{"type": "function", "function": {"name": text}}]},
        "messages": [
            {"role": "system", "content": f"You must {text} always"},
            {"role": "user", "content": f"Before: {text}"},
            {"role": "assistant", "content": f"I said {text} to you"},
            {
                "role": "user",
                "content": f"Please {text} and then go on with everything that we have spoken of {number}",
            },
        ],
        "response": {
            "choices": [
                {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
            ]
        },
        "error_str": None if number % 2 else f"500 {text}",
    }
    return json.dumps(record).encode() + b"\n"


def rows(store: Store) -> list[dict[str, object]]:
    found: list[dict[str, object]] = store.run(store.observations().order_by("record")).to_pylist()
    return found


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "log.jsonl"
    path.write_bytes(b"".join(line(n) for n in range(40)))
    return path


def test_what_was_read_is_counted(store, ring, log):
    seen: list[int] = []
    taken = take_in(store, ring, [log], watch=lambda so_far: seen.append(so_far.read))
    assert (taken.lines, taken.read, taken.new, taken.rejected, taken.without_account) == (40, 40, 40, 0, 0)
    assert taken.bytes_read == taken.bytes_total == log.stat().st_size
    assert (set(taken.formats), taken.account_fields) == ({"litellm"}, {"litellm": "user"})
    assert seen[-1] == 40
    assert len(rows(store)) == 40


def test_reading_twice_is_reading_once(store, ring, log):
    take_in(store, ring, [log])
    before = rows(store)
    packed = log.with_suffix(".jsonl.gz")
    packed.write_bytes(gzip.compress(log.read_bytes()))
    again = take_in(store, ring, [log, packed])
    assert (again.read, again.new) == (80, 0)
    assert rows(store) == before


def test_the_order_of_lines_does_not_matter(tmp_path, ring, log):
    lines = log.read_bytes().splitlines(keepends=True)
    turned = tmp_path / "turned.jsonl"
    turned.write_bytes(b"".join(lines[::-1]))
    with Store.open(tmp_path / "one", ring) as one, Store.open(tmp_path / "two", ring) as two:
        take_in(one, ring, [log])
        take_in(two, ring, [turned])
        assert rows(one) == rows(two)


def test_several_processes_read_what_one_reads(tmp_path, ring):
    """Files enough that portions are left for the others; the result is the same, row by row."""
    for n in range(7):
        (tmp_path / f"part-{n}.jsonl").write_bytes(b"".join(line(n * 10 + k) for k in range(10)))
    paths = sorted(tmp_path.glob("part-*.jsonl"))
    with Store.open(tmp_path / "one", ring) as one, Store.open(tmp_path / "two", ring) as two:
        alone, together = take_in(one, ring, paths), take_in(two, ring, paths, workers=2)
        assert alone == together
        assert alone.new == 70
        assert rows(one) == rows(two)


def test_each_living_key_gets_its_rows(tmp_path, log):
    Keyring.open(tmp_path / "secret.toml", now_s=0.0)
    ring = Keyring.open(tmp_path / "secret.toml", now_s=1.0).rotate(now_s=1.0, overlap_s=100.0)
    with Store.open(tmp_path / "store", ring) as store:
        assert take_in(store, ring, [log]).new == 40  # an exchange is one, under however many keys
        old = rows(store)
    later = Keyring.open(tmp_path / "secret.toml", now_s=200.0)
    with Store.open(tmp_path / "store", later) as store:
        new = rows(store)
    assert len(new) == len(old) == 40
    assert not {row["prompt"] for row in old} & {row["prompt"] for row in new}
    assert not {h for row in old for h in row["fragments"]} & {h for row in new for h in row["fragments"]}  # type: ignore[attr-defined]


def test_rejects_and_notices_are_handed_on(store, ring, tmp_path):
    path = tmp_path / "log.jsonl"
    path.write_bytes(line(0) + b"{oh\n" + line(1, account=None))
    rejects: list[Reject] = []
    taken = take_in(store, ring, [path], reject=rejects.append, max_reject_share=0.5)
    assert (taken.read, taken.rejected, taken.without_account) == (2, 1, 1)
    assert [(Path(one.file).name, one.line) for one in rejects] == [("log.jsonl", 2)]


def test_what_was_read_before_it_stopped_is_kept(tmp_path, ring, path):
    good, bad = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    good.write_bytes(b"".join(line(n) for n in range(100)))
    bad.write_bytes(line(200) + b"{oh\n" * 100)
    with Store.open(path, ring) as store, pytest.raises(TooManyRejects, match=r"b\.jsonl, line 2"):
        take_in(store, ring, [good, bad])
    with Store.open(path, ring) as store:
        assert len(rows(store)) >= 100


def test_standard_input_is_read(store, ring):
    taken = take_in(store, ring, ["-"], stdin=io.BytesIO(line(0) + line(1)))
    assert (taken.new, taken.bytes_total) == (2, None)


def test_the_source_and_the_account_field_can_be_said(store, ring, log):
    taken = take_in(store, ring, [log], source="gateway 2", account_field="api_key")
    assert taken.account_fields == {"gateway 2": "api_key"}
    assert {(row["source"], row["account"]) for row in rows(store)} == {
        ("gateway 2", "88dc28d0f030c55ed4ab77ed8faf0981")
    }


def test_no_file_of_a_store_holds_a_word(path, ring, tmp_path):
    """The marker stands in the system prompt, earlier turns, the prompt, the reply, a tool and an error."""
    log = tmp_path / "log.jsonl"
    log.write_bytes(b"".join(line(n, text=f"{MARKER} {MARKER.upper()}") for n in range(30)))
    with Store.open(path, ring) as store:
        assert take_in(store, ring, [log]).new == 30
        store.compact()
        held = json.dumps(rows(store), default=repr)
    files = [file for file in path.rglob("*") if file.is_file()]
    assert any(file.suffix == ".parquet" for file in files)
    assert MARKER not in held.lower()
    for file in files:
        assert MARKER.encode() not in file.read_bytes().lower(), file
    assert "ann" in held  # what is kept in the clear would be found


def test_counts_start_at_nothing():
    assert Taken() == Taken(lines=0, read=0, new=0, bytes_total=None, formats=frozenset())


PROGRAM = """
import sys
from pathlib import Path
from excise.observation.secret import Keyring
from excise.store.intake import take_in
from excise.store.store import Store

if __name__ == "__main__":
    ring = Keyring.in_memory(bytes(32))
    with Store.open(Path(sys.argv[1]) / "killed", ring) as store:
        logs = sorted(Path(sys.argv[1]).glob("*.jsonl"))
        watch = lambda taken: print(taken.read, flush=True)
        take_in(store, ring, logs, workers=2, watch=watch)
"""


def children(of: int) -> list[int]:
    """The processes that a process has started and that still run."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, parent = status.read_text().rpartition(")")[2].split()[:2]
            if int(parent) == of and state != "Z":
                found.append(int(status.parent.name))
    return found


def runs(process: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


@pytest.fixture
def scan(tmp_path) -> Iterator["subprocess.Popen[bytes]"]:
    """A scan in a process of its own, which has started others and is in the middle of reading."""
    if not Path("/proc/self/stat").exists():
        pytest.skip("processes are seen under /proc")
    for number in range(40):
        (tmp_path / f"{number:02}.jsonl").write_bytes(
            b"".join(line(number * 1_500 + n) for n in range(1_500))
        )
    (tmp_path / "program.py").write_text(PROGRAM)
    with subprocess.Popen(
        [sys.executable, str(tmp_path / "program.py"), str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as running:
        assert running.stdout is not None
        for _ in range(4):  # by the third portion there are processes
            assert running.stdout.readline()
        yield running
        running.kill()


@pytest.mark.parametrize("signal_", [signal.SIGINT, signal.SIGKILL])
def test_no_process_outlives_a_scan_that_is_stopped(scan, signal_):
    started = children(scan.pid)
    assert len(started) >= 2
    if signal_ == signal.SIGINT:
        os.killpg(scan.pid, signal_)  # as a terminal does: everyone in the foreground hears it
    else:
        scan.kill()
    _, error = scan.communicate(timeout=60)
    assert scan.returncode != 0
    assert error.count(b"Traceback") <= 2, "a process that reads heard the interrupt"
    for _ in range(300):
        if not any(map(runs, started)):
            return
        time.sleep(0.1)
    raise AssertionError([process for process in started if runs(process)])


def test_a_process_that_is_killed_is_an_error_with_a_way_out(scan):
    reading = [
        process
        for process in children(scan.pid)
        if b"spawn_main" in Path(f"/proc/{process}/cmdline").read_bytes()
    ]
    os.kill(reading[0], signal.SIGKILL)
    _, error = scan.communicate(timeout=60)
    assert b"ExciseError: a process that reads was killed" in error
    assert b"fewer --workers" in error
