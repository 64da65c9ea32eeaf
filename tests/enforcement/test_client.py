import os
import re
from pathlib import Path

import pytest

from excise.enforcement.caller import Caller, digest_of
from excise.enforcement.client import Client
from excise.enforcement.decide import DOWN, Action
from excise.enforcement.desk import DeskSettings
from excise.enforcement.settings import GatewaySettings

ACME = Caller(account="acme")
PAGE = Path(__file__).parents[2] / "docs" / "gateways" / "client.md"


@pytest.fixture
def settings(kit, tmp_path):
    def made(url, **more):
        said = {
            "url": url,
            "token": kit.TOKEN,
            "wait_s": 2.0,
            "timeout_s": 2.0,
            "snapshot": str(tmp_path / "table"),
        }
        return GatewaySettings(**{**said, **more})

    return made


def test_changes_arrive_at_once_and_the_last_table_outlives_the_service(kit, running, settings):
    port = kit.free_port()
    with kit.served(kit.service(running.desk), port=port) as server:
        with Client(settings(server.url), clock=running.clock) as client:
            kit.within(5, lambda: client.desk.table.filled)
            assert client.desk.decide(ACME).action is Action.ALLOW
            one = kit.effect("acme")
            running.apply(one)
            kit.within(2, lambda: client.desk.decide(ACME).refused)
            sent = client.desk.refusal(client.desk.decide(ACME))
            assert (
                running.desk.references.read(dict(sent.headers)["x-excise-reference"]).decision
                == one.decision
            )
            running.apply(lifted=[kit.lifted(one)])
            kit.within(2, lambda: not client.desk.decide(ACME).refused)
            running.apply(one, kit.effect("apex", until_s=running.clock() + 1_000))
            kit.within(2, lambda: client.desk.decide(ACME).refused)
            server.stop()
            kit.within(10, lambda: client.failures)
            assert client.desk.decide(ACME).refused, "the service is down, and its last decisions hold"
            assert client.desk.decide(Caller(account="apex")).refused
            running.clock.ahead_s += 1_001
            assert not client.desk.decide(Caller(account="apex")).refused, "it ends by itself"
        with Client(settings(server.url), clock=running.clock) as anew:
            assert anew.desk.decide(ACME).refused, "the snapshot holds while the service is down"
            assert anew.desk.references.key == kit.KEY
            running.apply(lifted=[kit.lifted(one)])
            with kit.served(kit.service(running.desk), port=port):
                kit.within(10, lambda: not anew.desk.decide(ACME).refused)


@pytest.mark.parametrize(("fail", "action"), [("open", Action.ALLOW), ("closed", Action.BLOCK)])
def test_without_service_and_snapshot_it_fails_as_it_is_told(kit, settings, fail, action):
    unheard = settings(f"http://127.0.0.1:{kit.free_port()}", desk=DeskSettings(fail=fail))
    with Client(unheard, clock=kit.now_s) as client:
        assert client.desk.decide(ACME).action is action
        if fail == "closed":
            assert client.desk.refusal(client.desk.decide(ACME)).code == DOWN
        assert not client.refresh()


def test_a_damaged_snapshot_is_as_none(kit, settings, tmp_path, caplog):
    (tmp_path / "table").write_bytes(b"EXCISE TABLE 1\nrubbish")
    client = Client(settings("", desk=DeskSettings(fail="closed")), clock=kit.now_s)
    assert "no saved table" in caplog.text
    assert client.desk.decide(ACME).refused
    client.close()
    assert (tmp_path / "table").read_bytes().endswith(b"rubbish"), "nothing is saved where nothing is known"


def test_a_wrong_token_is_told_once(kit, running, settings, caplog):
    with kit.served(kit.service(running.desk)) as server:
        client = Client(settings(server.url, token="wrong"), clock=running.clock)
        assert not client.refresh()
        assert not client.refresh()
        client.close()
    assert caplog.text.count("is the token right") == 1


def test_the_example_of_the_page_runs(kit, running, monkeypatch, capsys):
    code = re.search(r"^```python\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)[1]
    running.apply(kit.effect(digest_of("sk-1234")))
    with kit.served(kit.service(running.desk)) as server:
        monkeypatch.setattr(os, "environ", {"EXCISE_URL": server.url, "EXCISE_TOKEN": kit.TOKEN})
        code = code.replace("as client:\n", "as client:\n    client.refresh()\n")
        exec(compile(code, str(PAGE), "exec"), {})
    assert "403" in capsys.readouterr().out
