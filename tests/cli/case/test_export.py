import json


def test_a_case_is_one_json_document(deployed, tmp_path):
    code, out, _ = deployed.run("case", "export", deployed.case)
    assert code == 0
    document = json.loads(out)
    assert document["schema"] == "excise-case/1"
    assert document["case"]["id"] == deployed.case
    assert [one["account"] for one in document["standings"]] == ["acct_0", "acct_1", "acct_2"]
    assert document["campaign"]["because"][0]["signal"] == "metronome"
    assert document["events"][-1]["happening"] != "saw"
    file = tmp_path / "case.json"
    assert deployed.run("case", "export", deployed.case, "--out", str(file))[0] == 0
    assert json.loads(file.read_text("utf-8"))["exported_by"] == "ann"
