import json

from excise.countermeasures.campaign_key import KeyFile, Master
from excise.countermeasures.changes import watermark


def test_a_suspect_without_the_mark_is_not_found(lineage, case, prompts, tmp_path):
    key = Master(bytes(range(32))).campaign("campaign-7")
    file = KeyFile.of(
        key,
        countermeasure="green_list",
        settings=watermark("green_list").settings,
        tokenizer=case.teacher / "tokenizer.json",
    )
    file.write(tmp_path / "campaign-7.key")
    code, _, complained = lineage(
        *("keys", "--key-file", tmp_path / "campaign-7.key", "--prompts", prompts),
        *("--suspect", f"hf:{case.student}", "--setting", "max_tokens=20", "--setting", "fresh=50"),
        *("--out", tmp_path / "finding-1"),
    )
    assert code == 0, complained
    finding = json.loads((tmp_path / "finding-1" / "finding.json").read_bytes())
    assert finding["method"] == "keys"
    assert finding["bits"] < 6
    assert "no-control" in complained
    protocol = json.loads((tmp_path / "finding-1" / "protocol.json").read_bytes())
    assert {one["role"] for one in protocol["inputs"]} == {"key", "prompts"}
    assert ["fresh", "50"] in [[one["name"], one["value"]] for one in protocol["settings"]]
    secret = key.secret.hex()
    assert not any(secret.encode() in path.read_bytes() for path in (tmp_path / "finding-1").iterdir())
    assert lineage("verify", tmp_path / "finding-1")[0] == 0


def test_a_setting_that_there_is_not_is_told(lineage, case, prompts, tmp_path):
    (tmp_path / "key").write_text("x")
    code, _, complained = lineage(
        *("keys", "--key-file", tmp_path / "key", "--prompts", prompts, "--suspect", f"hf:{case.student}"),
        *("--setting", "frehs=50", "--out", tmp_path / "finding-1"),
    )
    assert code == 2
    assert "did you mean 'fresh'" in complained
