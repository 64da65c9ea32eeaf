"""``excise scan`` on a small log: what it writes, says, and leaves with."""

import gzip
import json
import os
from pathlib import Path

FILES = ["campaigns.jsonl", "rejected.jsonl", "report.html", "store", "ties.parquet", "verdicts.jsonl"]


def verdicts(out: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (out / "verdicts.jsonl").read_text("utf-8").splitlines()]


def test_it_writes_what_the_docs_list(run, tmp_path, write_log) -> None:
    count = write_log(tmp_path / "log.jsonl")
    code, said, _ = run("scan", "log.jsonl", "--out", "out")
    assert code == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == FILES
    assert f"{count:,} of {count:,} exchanges read were new" in said
    found = verdicts(tmp_path / "out")
    assert [one["account"] for one in found] == ["acct_0", "acct_1", "acct_2"]
    assert {one["verdict"] for one in found} == {"none"}
    assert all(one["decided_at"] is None for one in found)


def test_a_second_scan_adds_nothing_and_says_the_same(run, tmp_path, write_log) -> None:
    count = write_log(tmp_path / "log.jsonl")
    run("scan", "log.jsonl", "--out", "out")
    first = verdicts(tmp_path / "out")
    (tmp_path / "log.jsonl.gz").write_bytes(gzip.compress((tmp_path / "log.jsonl").read_bytes()))
    code, said, _ = run("scan", "log.jsonl.gz", "--out", "out", "--workers", "2")
    assert code == 0
    assert f"0 of {count:,} exchanges read were new" in said
    assert verdicts(tmp_path / "out") == first


def test_a_store_may_lie_elsewhere_and_gather_logs(run, tmp_path, write_log) -> None:
    write_log(tmp_path / "log.jsonl")
    lines = (tmp_path / "log.jsonl").read_text("utf-8").splitlines(keepends=True)
    (tmp_path / "monday.jsonl").write_text("".join(lines[:24]), "utf-8")
    (tmp_path / "later.jsonl").write_text("".join(lines[24:]), "utf-8")
    run("scan", "log.jsonl", "--out", "whole", "--store", "whole-store")
    run("scan", "later.jsonl", "--out", "parts", "--store", "store")
    run("scan", "monday.jsonl", "--out", "parts", "--store", "store")
    assert verdicts(tmp_path / "parts") == verdicts(tmp_path / "whole")
    assert not (tmp_path / "parts" / "store").exists()


def test_rejected_lines_have_file_line_and_reason(run, tmp_path, write_log) -> None:
    write_log(tmp_path / "log.jsonl")
    with (tmp_path / "log.jsonl").open("ab") as log:
        log.write(b'{"id": \n')
    code, _, error = run("scan", "log.jsonl", "--out", "out")
    assert code == 0
    assert "log.jsonl:73: set aside: not JSON" in error
    (line,) = (tmp_path / "out" / "rejected.jsonl").read_text("utf-8").splitlines()
    found = json.loads(line)
    assert (found["file"], found["line"]) == ("log.jsonl", 73)
    assert found["reason"].startswith("not JSON")


def test_too_many_rejects_stop_unless_they_are_allowed(run, tmp_path, write_log) -> None:
    write_log(tmp_path / "log.jsonl")
    with (tmp_path / "log.jsonl").open("ab") as log:
        log.write(b'{"id": 5\n' * 20)
    code, _, error = run("scan", "log.jsonl", "--out", "out")
    assert code == 2
    assert "20 of 92 lines could not be read" in error
    assert run("scan", "log.jsonl", "--out", "out", "--max-reject-share", "0.5")[0] == 0


def test_the_account_field_is_a_choice(run, tmp_path, write_log) -> None:
    write_log(tmp_path / "log.jsonl")
    assert run("scan", "log.jsonl", "--out", "out", "--account-field", "address")[0] == 0
    found = verdicts(tmp_path / "out")
    assert sorted(str(one["account"]) for one in found) == [f"198.51.100.{n}" for n in range(7)]


def test_the_account_field_of_a_store_stays(run, tmp_path, write_log) -> None:
    count = write_log(tmp_path / "log.jsonl")
    assert run("scan", "log.jsonl", "--out", "out")[0] == 0
    code, _, error = run("scan", "log.jsonl", "--out", "out", "--account-field", "address")
    assert code == 2
    assert "say --account-field user, or name another folder with --store" in error
    assert run("scan", "log.jsonl", "--out", "out", "--account-field", "user")[0] == 0
    # records of another source are others, so they may have another account
    code, said, _ = run("scan", "log.jsonl", "--out", "out", "--account-field", "address", "--source", "b")
    assert code == 0
    assert f"{count} of {count} exchanges read were new" in said


def test_a_log_without_accounts_is_said_to_be_one(run, tmp_path, write_log) -> None:
    write_log(tmp_path / "log.jsonl")
    code, said, _ = run("scan", "log.jsonl", "--out", "out", "--account-field", "team")
    assert code == 0
    first = next(line for line in said.splitlines() if line.startswith("Not seen: "))
    assert first.startswith("Not seen: 100% of exchanges have no account. That blinds: everything")
    assert "--account-field: api_key, user, team" in first
    page = (tmp_path / "out" / "report.html").read_text("utf-8")
    assert "100% of exchanges have no account" in page


def test_lines_that_hold_no_call_are_counted(run, tmp_path, write_log) -> None:
    write_log(tmp_path / "log.jsonl")
    code, said, _ = run("scan", "log.jsonl", "--out", "out", "--format", "kong")
    assert code == 0
    assert "0 of 0 exchanges read were new. 72 lines held no model call. Is this the right --format?" in said


def test_json_is_for_machines_alone(run, tmp_path, write_log) -> None:
    write_log(tmp_path / "log.jsonl")
    assert run("scan", "log.jsonl", "--out", "out", "--json") == (0, "", "")


def test_a_misspelled_setting_names_the_nearest(run, tmp_path, write_log) -> None:
    write_log(tmp_path / "log.jsonl")
    (tmp_path / "settings.toml").write_text("[detection]\nnamed_at_bit = 12\n", "utf-8")
    code, _, error = run("scan", "log.jsonl", "--settings", "settings.toml")
    assert code == 2
    assert "settings.toml: " in error
    assert "Did you mean [detection] named_at_bits?" in error


def test_a_setting_that_is_no_number_is_refused(run, tmp_path, write_log) -> None:
    write_log(tmp_path / "log.jsonl")
    for text, name in (("named_at_bits = nan", "named_at_bits"), ("linking.resolution = inf", "resolution")):
        (tmp_path / "settings.toml").write_text(f"[detection]\n{text}\n", "utf-8")
        code, _, error = run("scan", "log.jsonl", "--settings", "settings.toml")
        assert code == 2
        assert name in error
        assert "no finite number" in error


def test_a_file_may_have_a_name_of_any_bytes(run, tmp_path, write_log) -> None:
    count = write_log(tmp_path / "log.jsonl")
    odd = os.fsdecode(b"\xff\xfe.jsonl")
    (tmp_path / "log.jsonl").rename(tmp_path / odd)
    with (tmp_path / odd).open("ab") as log:
        log.write(b'{"id": \n')
    code, said, error = run("scan", odd, "--out", "out")
    assert code == 0
    assert f"{count} of {count} exchanges read were new" in said
    assert "set aside" in error
    (line,) = (tmp_path / "out" / "rejected.jsonl").read_text("utf-8").splitlines()
    assert json.loads(line)["file"] == "\\udcff\\udcfe.jsonl"
    assert "fe.jsonl" in (tmp_path / "out" / "store" / "scans.jsonl").read_text("utf-8")


def test_a_note_that_was_damaged_is_named(run, tmp_path, write_log) -> None:
    write_log(tmp_path / "log.jsonl")
    run("scan", "log.jsonl", "--out", "out")
    (tmp_path / "out" / "store" / "notes" / "campaigns.json").write_text("junk", "utf-8")
    code, _, error = run("scan", "log.jsonl", "--out", "out")
    assert code == 2
    assert "campaigns.json: " in error
    assert "remove it" in error
