import json


def test_an_innocent_suspect_is_not_found(lineage, case, tmp_path):
    rows = [
        {
            "id": f"c{at}",
            "prompt": f"fox {at}",
            "reply": f"the code is {at}{number:03d}7 indeed",
            "draw": number,
        }
        for at in range(8)
        for number in range(5)
    ]
    (tmp_path / "issued.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    code, said, complained = lineage(
        *("canary", "--canaries", tmp_path / "issued.jsonl", "--suspect", f"hf:{case.student}"),
        *("--setting", "max_tokens=12", "--out", tmp_path / "finding-1"),
    )
    assert code == 0, complained
    finding = json.loads((tmp_path / "finding-1" / "finding.json").read_bytes())
    assert finding["method"] == "canaries"
    assert finding["bits"] < 6
    assert [one["role"] for one in finding["outcomes"]] == ["suspect", "placebo"]
    assert "questions" in said
