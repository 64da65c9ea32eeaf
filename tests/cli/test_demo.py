"""``excise demo`` end to end, and what a scan of its log leaves; the slowest test of the command line."""

import json
import re


def test_the_demo_finds_campaigns_and_says_how_well(run, tmp_path) -> None:
    code, said, error = run("demo", "--out", "demo")
    assert code == 0
    assert "Composing" in error
    named = sorted(set(re.findall(r"^(campaign-[0-9a-f]{8})\b", said, re.MULTILINE)))
    assert named
    told = re.search(r"Against the truth: (\d+) of (\d+) accounts harvest; (\d+) were named", said)
    assert told is not None

    log, out = tmp_path / "demo" / "log", tmp_path / "demo" / "scan"
    truth = [json.loads(line) for line in (log / "truth.jsonl").read_text("utf-8").splitlines()]
    verdicts = [json.loads(line) for line in (out / "verdicts.jsonl").read_text("utf-8").splitlines()]
    accused = [one for one in verdicts if one["verdict"] == "distillation"]
    counts = (sum(one["campaign"] is not None for one in truth), len(truth), len(accused))
    assert tuple(map(int, told.groups())) == counts
    assert all(one["because"] for one in accused)
    assert {one["campaign"] for one in accused} == set(named)

    again = ("scan", f"{log}/log.litellm.jsonl.gz", "--store", f"{out}/store", "--out", "again")
    secret = ("--secret-file", f"{tmp_path}/demo/secret.toml")
    code, printed, _ = run(*again, *secret, "--json", "--fail-on-campaigns")
    assert code == 1
    lines = [json.loads(line) for line in printed.splitlines()]
    assert sorted(line["name"] for line in lines) == named
    assert (tmp_path / "again" / "verdicts.jsonl").read_bytes() == (out / "verdicts.jsonl").read_bytes()
