import json


def test_twins_are_drawn_from_the_teacher(lineage, case, endpoint, tmp_path):
    rows = case.served.read_text("utf-8").splitlines()[:5]
    (tmp_path / "served.jsonl").write_text("\n".join(rows) + "\n", "utf-8")
    out = tmp_path / "twins.jsonl"
    command = (
        "draw-twins",
        "--served",
        tmp_path / "served.jsonl",
        "--teacher",
        endpoint.name(),
        "--out",
        out,
    )
    code, said, complained = lineage(*command, "--way", "completions")
    assert code == 0, complained
    assert said == f"10 twins of 5 replies: {out}\n"
    drawn = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [one["draw"] for one in drawn] == [0, 1] * 5
    assert {one["id"] for one in drawn} == {json.loads(row)["id"] for row in rows}
    assert lineage(*command, "--way", "completions")[0] == 0
    assert len(endpoint.asked) == 10


def test_what_was_not_left_to_chance_has_no_twin(lineage, endpoint, tmp_path):
    row = {"prompt": "a", "reply": "b", "parameters": {"temperature": 0}}
    (tmp_path / "served.jsonl").write_text(json.dumps(row) + "\n", "utf-8")
    code, _, complained = lineage(
        *("draw-twins", "--served", tmp_path / "served.jsonl", "--teacher", endpoint.name()),
        *("--out", tmp_path / "twins.jsonl"),
    )
    assert code == 2
    assert "1 replies were not left to chance (temperature 0 or top_k 1), the first in row 1" in complained
    assert endpoint.asked == []


def test_rows_without_a_twin_are_named(lineage, case, endpoint, tmp_path):
    endpoint.trouble = lambda *_: ("body", b"{")
    code, said, complained = lineage(
        *("draw-twins", "--served", case.served, "--teacher", endpoint.name(), "--way", "completions"),
        *("--out", tmp_path / "twins.jsonl", "--draws", 1),
    )
    assert code == 0
    assert said.startswith("0 twins of 72 replies")
    assert "served.jsonl:1: no twin: it sent what is not a reply" in complained
    assert "67 more have no twin" in complained
