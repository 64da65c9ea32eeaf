import stat

from excise.countermeasures.campaign_key import KeyFile


def test_a_campaign_has_one_key(lineage, case, tmp_path):
    tokenizer = case.teacher / "tokenizer.json"
    common = ("--tokenizer", tokenizer, "--secret-file", tmp_path / "master")
    made = []
    for name, out in (("campaign-7", "a"), ("campaign-7", "b"), ("campaign-8", "c")):
        code, said, complained = lineage(
            "key", name, *common, "--watermark", "green_list", "--out", tmp_path / out
        )
        assert code == 0, complained
        assert said.endswith(f"of {name}, green_list\n")
        made.append(KeyFile.read(tmp_path / out))
        assert stat.S_IMODE((tmp_path / out).stat().st_mode) == 0o600
    assert made[0].secret == made[1].secret != made[2].secret
    assert lineage("key", "campaign-7", *common, "--out", tmp_path / "a")[0] == 2


def test_settings_are_those_of_the_watermark(lineage, case, tmp_path):
    common = (
        "key",
        "x",
        "--tokenizer",
        case.teacher / "tokenizer.json",
        "--secret-file",
        tmp_path / "master",
    )
    code, _, complained = lineage(*common, "--setting", "depht=3", "--out", tmp_path / "a")
    assert code == 2
    assert "did you mean" in complained
    assert lineage(*common, "--setting", "depth", "--out", tmp_path / "a")[0] == 2
    assert not (tmp_path / "a").exists()
