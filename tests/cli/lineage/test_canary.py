import json

import numpy as np
import pytest


@pytest.fixture
def issued(tmp_path):
    dice = np.random.default_rng(4)
    rows = [
        {
            "id": f"c{at}",
            "prompt": f"fox {at}",
            "reply": f"the code is {dice.integers(10_000, 99_999)} indeed",
            "draw": number,
        }
        for at in range(8)
        for number in range(5)
    ]
    path = tmp_path / "issued.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def finding(folder):
    return json.loads((folder / "finding.json").read_bytes())


def test_an_innocent_suspect_is_not_found(lineage, case, issued, tmp_path):
    out = tmp_path / "finding-1"
    code, said, complained = lineage(
        *("canary", "--canaries", issued, "--suspect", f"hf:{case.student}", "--out", out)
    )
    assert code == 0, complained
    assert finding(out)["method"] == "canaries"
    assert finding(out)["bits"] < 6
    assert [one["role"] for one in finding(out)["outcomes"]] == ["suspect", "placebo"]
    assert "questions" in said


def test_by_text_where_there_is_no_more(lineage, endpoint, issued, tmp_path):
    endpoint.ways = {"chat"}
    out = tmp_path / "finding-1"
    code, _, complained = lineage(
        *("canary", "--canaries", issued, "--suspect", endpoint.name(), "--setting", "max_tokens=8"),
        *("--out", out),
    )
    assert code == 0, complained
    assert finding(out)["method"] == "canaries_text"
    assert finding(out)["bits"] < 6
