"""``excise doctor`` on a log with gaps, for people and for machines."""

import json


def test_it_says_what_is_missing_and_what_fixes_it(run, tmp_path, write_log) -> None:
    count = write_log(tmp_path / "log.jsonl")
    code, said, error = run("doctor", "log.jsonl")
    assert (code, error) == (0, "")
    assert said.startswith(f"{count} exchanges in {count} lines of 1 file (litellm), 2025-10-06 00:00 to ")
    assert "The account is user: 3 accounts" in said
    assert "blinds: " in said
    assert "to fix it: " in said
    assert sorted(path.name for path in tmp_path.iterdir()) == ["log.jsonl"]


def test_json_holds_the_same(run, tmp_path, write_log) -> None:
    count = write_log(tmp_path / "log.jsonl")
    code, said, _ = run("doctor", "log.jsonl", "--json")
    found = json.loads(said)
    assert code == 0
    assert (found["exchanges"], found["accounts"], found["formats"]) == (count, 3, ["litellm"])
    assert all(one["says"] and one["blinds"] for one in found["findings"])


def test_hostile_names_do_not_reach_the_terminal(run, tmp_path, write_log) -> None:
    write_log(tmp_path / "\x1b[2Jlog.jsonl")
    with (tmp_path / "\x1b[2Jlog.jsonl").open("ab") as log:
        log.write(b'{"id": \n')
    code, said, _ = run("doctor", str(tmp_path / "\x1b[2Jlog.jsonl"))
    assert code == 0
    assert "set aside, 1 line:" in said
    assert "\x1b[2J" not in said


def test_a_log_of_another_kind_is_said_to_be_one(run, tmp_path, write_log) -> None:
    count = write_log(tmp_path / "log.jsonl")
    code, said, _ = run("doctor", "log.jsonl", "--format", "kong")
    assert code == 0
    assert f"0 exchanges in {count} lines of 1 file (kong)" in said
    assert f"{count} lines held no model call" in said
    assert "Is this the right log?" in said


def test_lines_are_whole_where_no_terminal_is(run, tmp_path, write_log, monkeypatch) -> None:
    write_log(tmp_path / "log.jsonl")
    monkeypatch.setenv("COLUMNS", "40")
    _, said, _ = run("doctor", "log.jsonl")
    fixes = [line for line in said.splitlines() if line.startswith("  to fix it: ")]
    assert max(map(len, fixes)) > 100
