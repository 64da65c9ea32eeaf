import json

from excise.countermeasures.campaign_key import Master
from excise.countermeasures.changes import change

BODY = b'{"choices":[{"message":{"role":"assistant","content":"It is so."}}]}'


def test_what_was_planted_is_listed_with_what_was_not_and_tested(lineage, case, tmp_path):
    master = tmp_path / "master"
    key = Master.open(master).campaign("campaign-7")
    rows = []
    for at in range(6):
        edited = change("canary").edit(BODY, key=key, reply=f"r{at}")
        text = json.loads(edited.body)["choices"][0]["message"]["content"]
        rows.append({"id": f"r{at}", "prompt": f"fox {at}", "reply": text})
    rows.append({"id": "plain", "prompt": "fox", "reply": "Nothing is planted here."})
    (tmp_path / "served.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    common = (
        "--served",
        tmp_path / "served.jsonl",
        "--secret-file",
        master,
        "--out",
        tmp_path / "issued.jsonl",
    )
    code, said, complained = lineage("decoys", "campaign-7", *common, "--decoys", 4)
    assert code == 0, complained
    assert said == f"6 canaries of 7 replies, 4 decoys each: {tmp_path / 'issued.jsonl'}\n"
    listed = [json.loads(line) for line in (tmp_path / "issued.jsonl").read_text("utf-8").splitlines()]
    assert len(listed) == 30
    assert [one["reply"] for one in listed if one["draw"] == 0] == [row["reply"] for row in rows[:6]]
    assert len({one["reply"] for one in listed}) == 30
    code, _, complained = lineage(
        *("canary", "--canaries", tmp_path / "issued.jsonl", "--suspect", f"hf:{case.student}"),
        *("--out", tmp_path / "finding-1"),
    )
    assert code == 0, complained
    assert json.loads((tmp_path / "finding-1" / "finding.json").read_bytes())["bits"] < 6
    code, _, complained = lineage("decoys", "campaign-8", *common)
    assert code == 2
    assert "no reply holds the canary of its id under the key of campaign-8" in complained


def test_only_what_plants_has_decoys(lineage, case, tmp_path):
    code, _, complained = lineage(
        *("decoys", "x", "--served", case.served, "--canary", "reasoning", "--out", tmp_path / "issued.jsonl")
    )
    assert code == 2
    assert "reasoning plants no canaries" in complained
