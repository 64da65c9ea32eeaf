"""``excise forget``: gone for good, also when the old log is read again."""

import json

from excise.observation.secret import Keyring
from excise.service.journal.forgotten import Forgotten


def test_what_is_forgotten_does_not_come_back(run, tmp_path, write_log) -> None:
    count = write_log(tmp_path / "log.jsonl")
    run("scan", "log.jsonl", "--out", "out")
    code, said, _ = run("forget", "--store", "out/store", "--account", "acct_1")
    assert code == 0
    assert said.startswith("forgotten: 24 observations (0 too old, 24 of the accounts)")
    code, said, _ = run("forget", "--store", "out/store", "--before", "2025-10-07")
    assert code == 0
    assert said.startswith("forgotten: 16 observations (16 too old, 0 of the accounts)")
    code, said, _ = run("scan", "log.jsonl", "--out", "out")
    assert f"0 of {count} exchanges read were new" in said
    lines = (tmp_path / "out" / "verdicts.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["account"] for line in lines] == ["acct_0", "acct_2"]


def test_it_wants_to_know_what(run, tmp_path, write_log) -> None:
    write_log(tmp_path / "log.jsonl")
    run("scan", "log.jsonl", "--out", "out")
    code, _, error = run("forget", "--store", "out/store")
    assert code == 2
    assert "say what to forget: --before MOMENT or --account ACCOUNT" in error


def test_a_folder_that_is_no_store_is_left_as_it_is(run, tmp_path) -> None:
    (tmp_path / "hollow").mkdir()
    code, _, error = run("forget", "--store", "hollow", "--account", "acct_1")
    assert code == 2
    assert "hollow: there is no store here" in error
    assert list((tmp_path / "hollow").iterdir()) == []


def test_the_future_is_not_forgotten(run, tmp_path, write_log) -> None:
    count = write_log(tmp_path / "log.jsonl")
    run("scan", "log.jsonl", "--out", "out")
    code, _, error = run("forget", "--store", "out/store", "--before", "9999-12-31")
    assert code == 2
    assert "9999-12-31 00:00:00 UTC is still to come" in error
    assert f"0 of {count} exchanges read were new" in run("scan", "log.jsonl", "--out", "out")[1]
    assert "among 3 accounts" in run("scan", "log.jsonl", "--out", "out")[1]


def test_an_account_may_be_named_as_the_provider_knows_it(run, tmp_path) -> None:
    key = "sk-test-0123456789abcdef"
    (tmp_path / "log.jsonl").write_text(
        '{"id":"r1","call_type":"acompletion","startTime":1759708800.0,'
        f'"metadata":{{"user_api_key_user_id":"{key}"}}}}\n',
        "utf-8",
    )
    run("scan", "log.jsonl", "--out", "out")
    code, said, _ = run("forget", "--store", "out/store", "--account", key)
    assert code == 0
    assert said.startswith("forgotten: 1 observations")


def test_a_data_folder_is_told(run, tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    assert run("forget", "--data", str(data), "--account", "ann")[0] == 2
    keyring = Keyring.open(data / "secret.toml", now_s=1.0)
    code, said, _ = run("forget", "--data", str(data), "--account", "ann")
    assert code == 0
    assert "within seconds" in said
    (wish,) = Forgotten(data / "journal", keyring.derive("forgotten")).wishes()
    assert wish.accounts == ("ann",)
    assert run("forget", "--account", "ann")[0] == 2
    assert run("forget", "--data", str(data), "--before", "2020-01-01")[0] == 2
