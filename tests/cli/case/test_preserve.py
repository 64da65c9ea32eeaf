import json

import pytest


@pytest.fixture
def preserved(deployed, write_log, tmp_path):
    write_log(tmp_path / "log.jsonl")
    code, out, err = deployed.run(
        "case", "preserve", deployed.case, str(tmp_path / "log.jsonl"), "--reason", "counsel"
    )
    assert code == 0, err
    assert "72 exchanges, SHA-256" in out
    return out.partition(":")[0]


def test_what_was_preserved_can_be_read_by_who_has_the_passphrase(deployed, preserved, monkeypatch):
    monkeypatch.setenv("EXCISE_PASSPHRASE", "a long passphrase")
    code, out, err = deployed.run("case", "exhibit", preserved, "--reason", "to read", "--json")
    assert code == 0, err
    lines = [json.loads(line) for line in out.splitlines()]
    assert len(lines) == 72
    assert {line["account"] for line in lines} == {"acct_0", "acct_1", "acct_2"}
    code, out, _ = deployed.run("case", "exhibit", preserved, "--reason", "to read")
    assert "What comes after 3?" in out
    monkeypatch.setenv("EXCISE_PASSPHRASE", "another passphrase")
    code, _, err = deployed.run("case", "exhibit", preserved, "--reason", "to read")
    assert code == 2
    assert "passphrase does not open" in err
    with deployed.opened() as deployment:
        happened = [str(event.happening) for event in deployment.state.cases.events(deployed.case)]
    assert happened[-3:] == ["preserved", "revealed", "revealed"]


def test_from_the_spool_too(deployed, monkeypatch):
    """Words that the service sealed are copied over."""
    from excise.observation.secret import Keyring  # noqa: PLC0415
    from excise.service.journal.group import Said, words_of  # noqa: PLC0415, F401

    monkeypatch.setenv("EXCISE_PASSPHRASE", "a long passphrase")
    Keyring.open(deployed.folder / "secret.toml", now_s=1.0)
    code, _, err = deployed.run("case", "preserve", deployed.case, "--spool", "--reason", "r")
    assert code == 2
    assert "nothing that its 3 accounts sent was found" in err


def test_nothing_to_copy_from(deployed):
    code, _, err = deployed.run("case", "preserve", deployed.case, "--reason", "r")
    assert code == 2
    assert "name logs to copy from" in err
