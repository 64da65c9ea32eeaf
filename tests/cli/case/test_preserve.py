import json

import pytest

from excise.casework.sealing import Seal
from excise.service.folder import Folder
from excise.service.journal.forgotten import Forgotten
from excise.service.journal.group import Rows, Said, words_of
from excise.service.journal.writer import JournalSettings, JournalWriter


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
    """Words that the service sealed are copied over, and logs beside them."""
    monkeypatch.setenv("EXCISE_PASSPHRASE", "a long passphrase")
    folder = Folder(deployed.folder)
    given = ("case", "preserve", deployed.case, "--spool", "--reason", "r")
    code, _, err = deployed.run(*given)
    assert code == 2
    assert "nothing that its 3 accounts sent was found" in err
    seal = Seal.public(folder.seal)
    forgotten = Forgotten(folder.journal, bytes(32))
    with JournalWriter(folder.journal, forgotten, JournalSettings(free_bytes=0)) as writer:
        for number, account in enumerate(("acct_1", "eve")):
            said = [Said(bytes([number]) * 16, account, "litellm", f"word {number}".encode())]
            writer.append(Rows(5.0, 0, ()), words_of(said, seal.seal, at_s=5.0))
    code, out, err = deployed.run(*given)
    assert code == 0, err
    assert "1 exchanges, SHA-256" in out
    out = deployed.run("case", "exhibit", out.partition(":")[0], "--reason", "r")[1]
    assert "acct_1  spool of litellm:0\n  word 0" in out


def test_nothing_to_copy_from(deployed):
    code, _, err = deployed.run("case", "preserve", deployed.case, "--reason", "r")
    assert code == 2
    assert "name logs to copy from" in err
