"""``excise rekey``: a new key at once, the old one until the overlap has passed."""

import re


def test_two_keys_live_until_the_overlap_has_passed(run, tmp_path, write_log) -> None:
    count = write_log(tmp_path / "log.jsonl")
    run("scan", "log.jsonl", "--out", "out")
    before = (tmp_path / "secret.toml").read_bytes()
    code, said, _ = run("rekey", "--overlap-days", "30", "--store", "out/store")
    assert code == 0
    keys = re.match(r"keys now: ([0-9a-f]{8}), ([0-9a-f]{8}) ", said)
    assert keys is not None
    assert keys[1] != keys[2]
    assert "0 observations of retired keys removed" in said
    assert (tmp_path / "secret.toml").read_bytes() != before
    assert (tmp_path / "secret.toml").stat().st_mode & 0o777 == 0o600
    assert f"0 of {count} exchanges read were new" in run("scan", "log.jsonl", "--out", "out")[1]


def test_without_overlap_the_old_rows_go_at_once(run, tmp_path, write_log) -> None:
    count = write_log(tmp_path / "log.jsonl")
    run("scan", "log.jsonl", "--out", "out")
    code, said, _ = run("rekey", "--overlap-days", "0", "--store", "out/store")
    assert code == 0
    assert f"{count} observations of retired keys removed" in said
    assert f"{count} of {count} exchanges read were new" in run("scan", "log.jsonl", "--out", "out")[1]
