"""``excise lineage twins`` from beginning to end: a local model, an endpoint, kill -9 in the middle."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import excise


def result(folder):
    return json.loads((folder / "finding.json").read_bytes())


def test_a_student_on_disk_is_found(lineage, case, tmp_path):
    out = tmp_path / "finding-1"
    code, said, complained = lineage(
        *("twins", "--served", case.served, "--twins", case.twins, "--suspect", f"hf:{case.student}"),
        *("--control", f"hf:{case.teacher}", "--stop-at-bits", 20, "--out", out, "--seed", 3),
    )
    assert code == 0, complained
    assert "extremely strong evidence that it was" in said.lower()
    assert str(out / "finding.html") in said
    finding = result(out)
    assert finding["method"] == "twins"
    assert finding["bits"] >= 20
    assert [one["role"] for one in finding["outcomes"]] == ["suspect", "control", "placebo"]
    assert lineage("verify", out)[0] == 0


@pytest.mark.parametrize("method", ["twins", "twins_text"])
def test_an_endpoint_is_asked_for_what_it_gives(lineage, case, endpoint, tmp_path, method):
    endpoint.ways = {"echo", "chat"} if method == "twins" else {"chat"}
    out = tmp_path / "finding-1"
    code, said, complained = lineage(
        *("twins", "--served", case.served, "--twins", case.twins, "--suspect", endpoint.name()),
        *("--budget", 40, "--out", out, "--tries", 1),
    )
    assert code == 0, complained
    assert result(out)["method"] == method
    assert result(out)["bits"] < 5
    assert "budget" in result(out)["ended"]
    assert "questions" in said


def test_rows_that_cannot_be_used_are_named_and_cost_nothing(lineage, case, tmp_path):
    served = case.served.read_text("utf-8").splitlines()
    served[2] = "{broken"
    twins = case.twins.read_text("utf-8").splitlines()[::-1][2:]  # out of order, and the last reply has none
    (tmp_path / "served.jsonl").write_text("\n".join([*served, served[5]]) + "\n", "utf-8")
    (tmp_path / "twins.jsonl").write_text("\n".join(twins) + "\n", "utf-8")
    code, _, complained = lineage(
        *("twins", "--served", tmp_path / "served.jsonl", "--twins", tmp_path / "twins.jsonl"),
        *("--suspect", f"hf:{case.teacher}", "--out", tmp_path / "finding-1", "--budget", 60),
    )
    assert code == 0, complained
    assert "served.jsonl:3: set aside: " in complained
    assert "unmatched" in complained
    assert result(tmp_path / "finding-1")["bits"] < 5


def test_what_breaks_the_test_is_refused_and_nobody_is_asked(lineage, case, endpoint, tmp_path):
    rows = [json.loads(line) for line in case.twins.read_text("utf-8").splitlines()]
    for row in rows:
        row["model_version"] = "2"
    (tmp_path / "twins.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    code, said, complained = lineage(
        *("twins", "--served", case.served, "--twins", tmp_path / "twins.jsonl"),
        *("--suspect", endpoint.name(), "--way", "echo", "--out", tmp_path / "finding-1"),
    )
    assert (code, said) == (2, "")
    assert "version" in complained
    assert endpoint.asked == []
    assert not (tmp_path / "finding-1").exists()


def test_rows_without_an_answer_are_named_and_have_no_bits(lineage, case, endpoint, tmp_path):
    endpoint.ways = {"echo"}
    replies = [json.loads(line)["reply"] for line in case.served.read_text("utf-8").splitlines()]

    def trouble(_number, _path, body):
        return ("body", b"{") if body.get("prompt", "").endswith(replies[7]) else None

    endpoint.trouble = trouble
    code, _, complained = lineage(
        *("twins", "--served", case.served, "--twins", case.twins, "--suspect", endpoint.name()),
        *("--out", tmp_path / "finding-1", "--no-placebo"),
    )
    assert code == 0, complained
    assert "suspect: 1 questions without an answer (first: s7): it sent what is not a reply" in complained
    suspect = result(tmp_path / "finding-1")["outcomes"][0]
    assert suspect["counted"] == suspect["steps"] - 1
    assert suspect["bits"] < 5


def test_killed_in_the_middle_the_same_command_goes_on(case, endpoint, tmp_path):
    """Kill -9, then again: each question of the finding is paid once, but for those on their way."""
    endpoint.ways = {"echo"}
    endpoint.delay_s = 0.01
    out = tmp_path / "finding-1"
    command = [
        *(sys.executable, "-m", "excise", "lineage", "twins", "--served", case.served, "--twins", case.twins),
        *("--suspect", endpoint.name(), "--out", out, "--budget", "150", "--tries", "1"),
    ]
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(excise.__file__).parents[1]),
        "EXCISE_SIGNING_KEY": str(tmp_path / "key.pem"),
    }
    journal = out / "queries.jsonl"
    run = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not journal.exists() or journal.read_bytes().count(b"\n") < 40:
        assert run.poll() is None
        time.sleep(0.005)
    run.send_signal(signal.SIGKILL)
    run.wait()
    time.sleep(0.3)
    before = [body["prompt"] for path, body in endpoint.asked if body.get("echo")][1:]
    kept = sum(line.endswith(b"\n") for line in journal.read_bytes().splitlines(keepends=True)) - 1
    assert 40 <= kept + 1 < 150
    assert len(before) - kept <= 4
    endpoint.asked = []
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    after = [body["prompt"] for _, body in endpoint.asked]
    assert len(after) == len(set(after))
    assert len(set(after) & set(before)) <= 4
    assert result(out)["outcomes"][0]["asked"] == 150
