"""The other verbs from the command line."""

import json

import pytest

from excise.cli import main
from excise.ingest.reading import read
from excise.observation.observe import Observer
from excise.observation.secret import Keyring
from excise.proving_ground import draw
from excise.proving_ground.compose import compose
from excise.store.store import Store


def run(*given: object) -> int:
    with pytest.raises(SystemExit) as left:
        main([str(one) for one in given])
    return left.value.code


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    folder = tmp_path_factory.mktemp("log")
    compose(draw.demo(), folder)
    return folder / "log.litellm.jsonl.gz"


@pytest.fixture
def kept(log, tmp_path):
    """A store with the log in it, its secret file, and one account of it."""
    ring = Keyring.open(tmp_path / "secret.toml", now_s=0.0)
    with Store.open(tmp_path / "store", ring) as store:
        for batch in read([log]):
            store.append(
                Observer(ring.reading.secret, batch.source, batch.account_field).observe(batch.exchanges)
            )
        account = batch.exchanges[0].user
    return tmp_path / "store", tmp_path / "secret.toml", account


def test_help_teaches_every_verb(capsys):
    assert run("--help") == 0
    said = capsys.readouterr().out
    for verb in ("demo", "doctor", "forget", "prove", "rekey", "scan"):
        assert f"\n  {verb} " in said
        assert run(verb, "--help") == 0


def test_demo_ends_in_named_campaigns(tmp_path, capsys):
    assert run("demo", "--out", tmp_path / "demo") == 0
    said = capsys.readouterr().out
    assert "act as one" in said
    assert "Against the truth" in said
    assert (tmp_path / "demo" / "scan" / "report.html").exists()


def test_doctor_names_what_is_missing_and_the_setting(log, capsys):
    assert run("doctor", log) == 0
    said = capsys.readouterr().out
    assert "have no words of the reply" in said
    assert "to fix it" in said
    assert run("doctor", log, "--json") == 0
    assert json.loads(capsys.readouterr().out)["rejected"] == 0


def test_forget_removes_an_account(kept, capsys):
    store, secret, account = kept
    assert run("forget", "--store", store, "--secret-file", secret, "--account", account) == 0
    assert "forgotten: 0 " not in capsys.readouterr().out
    assert not any(account.encode() in path.read_bytes() for path in store.rglob("*") if path.is_file())
    assert run("forget", "--store", store, "--secret-file", secret) == 2


def test_rekey_makes_a_second_key(kept, capsys):
    store, secret, _ = kept
    assert run("rekey", "--secret-file", secret, "--overlap-days", "7", "--store", store) == 0
    assert capsys.readouterr().out.count(",") >= 1
    assert len(Keyring.open(secret, now_s=0.0).keys) == 2


def test_prove_writes_figures(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(draw.SCALES, "small", draw.Scale(accounts=150, exchanges=1500))
    assert run("prove", "detection", "--seeds", "5", "--out", tmp_path) == 0
    assert json.loads((tmp_path / "detection.json").read_text())["seeds"] == [5]
    assert run("prove", "detektion") == 2
    assert "did you mean 'detection'" in capsys.readouterr().err
