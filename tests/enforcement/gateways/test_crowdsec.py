"""CrowdSec's own custom bouncer reads our decisions, configured as docs/gateways/crowdsec.md says."""

import json
import shutil

import pytest
import yaml

from excise.casework.decision import Kind, Scope
from excise.enforcement.gateways import gateway_kinds

BOUNCER = shutil.which("crowdsec-custom-bouncer")
real = pytest.mark.skipif(
    BOUNCER is None, reason="crowdsec-custom-bouncer is not here; Debian's package of that name brings it"
)


def pulled(kit, app, query=""):
    status, _, pieces = kit.asked(
        app, "GET", "/v1/decisions/stream", headers=[("x-api-key", kit.TOKEN)], query=query
    )
    assert status == 200
    return json.loads(b"".join(pieces))


def values(decisions):
    return sorted((one["type"], one["scope"], one["value"]) for one in decisions or [])


@pytest.fixture
def app(kit, keeper):
    return kit.service(keeper.desk)


def test_a_start_gives_what_holds_and_later_pulls_what_changed(kit, keeper, app):
    crew, net = (
        kit.effect("203.0.113.9", scope=Scope.ADDRESS),
        kit.effect("198.51.100.7/24", scope=Scope.ADDRESS),
    )
    keeper.apply(
        crew, net, kit.effect("acme"), kit.effect("203.0.113.1", scope=Scope.ADDRESS, simulated=True)
    )
    first = pulled(kit, app, "startup=true")
    assert values(first["new"]) == [("ban", "Ip", "203.0.113.9"), ("ban", "Range", "198.51.100.0/24")]
    assert first["deleted"] is None
    assert first["new"][0]["scenario"] == "excise/harvesting"
    assert pulled(kit, app) == {"new": None, "deleted": None}
    keeper.apply(kit.effect("2001:db8::1", Kind.CHALLENGE, scope=Scope.ADDRESS), lifted=[kit.lifted(crew)])
    then = pulled(kit, app)
    assert values(then["new"]) == [("captcha", "Ip", "2001:db8::1")]
    assert values(then["deleted"]) == [("ban", "Ip", "203.0.113.9")]


def test_what_ends_by_itself_is_over_for_the_bouncer_too_and_what_begins_is_new(kit, keeper, app):
    now_s = keeper.clock()
    keeper.apply(
        kit.effect("203.0.113.9", scope=Scope.ADDRESS, until_s=now_s + 60),
        kit.effect("203.0.113.10", scope=Scope.ADDRESS, starts_at_s=now_s + 30),
    )
    assert values(pulled(kit, app, "startup=true")["new"]) == [("ban", "Ip", "203.0.113.9")]
    keeper.clock.ahead_s = 61
    found = pulled(kit, app)
    assert values(found["new"]) == [("ban", "Ip", "203.0.113.10")]
    assert values(found["deleted"]) == [("ban", "Ip", "203.0.113.9")]


def test_a_block_that_becomes_mere_observation_is_over(kit, keeper, app):
    keeper.apply(kit.effect("203.0.113.9", scope=Scope.ADDRESS))
    pulled(kit, app, "startup=true")
    keeper.apply(kit.effect("203.0.113.9", Kind.OBSERVE, scope=Scope.ADDRESS))
    found = pulled(kit, app)
    assert found["new"] is None
    assert values(found["deleted"]) == [("ban", "Ip", "203.0.113.9")]


def test_scopes_of_our_own_are_given_to_who_asks(kit, keeper, app):
    keeper.apply(kit.effect("acme"), kit.effect("203.0.113.9", scope=Scope.ADDRESS))
    assert values(pulled(kit, app, "startup=true&scopes=account")["new"]) == [("ban", "account", "acme")]


def test_the_oldest_of_too_many_bouncers_starts_anew(kit, keeper):
    assert "crowdsec" in gateway_kinds()
    app = kit.service(keeper.desk)
    for n in range(1_002):
        pulled(kit, app, f"scopes=ip,own{n}")
    keeper.apply(kit.effect("203.0.113.9", scope=Scope.ADDRESS))
    assert values(pulled(kit, app, "scopes=ip,own0")["new"]) == [("ban", "Ip", "203.0.113.9")]


@real
def test_the_real_bouncer_adds_and_deletes(kit, running, tmp_path):
    heard = tmp_path / "heard"
    program = tmp_path / "on-decision"
    program.write_text(f'#!/bin/sh\necho "$1 $2 $3 $4" >> {heard}\n')
    program.chmod(0o755)
    heard.touch()
    with kit.served(kit.service(running.desk)) as server:
        said = yaml.safe_load(
            kit.block("crowdsec.md", "yaml")
            .replace("http://127.0.0.1:8400", server.url)
            .replace("EXCISE_TOKEN", kit.TOKEN)
            .replace("/usr/local/bin/on-decision", str(program))
        )
        said |= {"update_frequency": "1s", "piddir": str(tmp_path)}
        (tmp_path / "bouncer.yaml").write_text(yaml.safe_dump(said))
        crew = kit.effect("203.0.113.9", scope=Scope.ADDRESS)
        running.apply(crew)
        with kit.program(BOUNCER, "-c", str(tmp_path / "bouncer.yaml"), log=tmp_path / "log"):
            kit.within(20, lambda: "add 203.0.113.9 " in heard.read_text())
            running.apply(kit.effect("198.51.100.0/24", scope=Scope.ADDRESS), lifted=[kit.lifted(crew)])
            kit.within(10, lambda: "del 203.0.113.9 " in heard.read_text())
            kit.within(10, lambda: "add 198.51.100.0/24 " in heard.read_text())
    assert "excise/harvesting" in heard.read_text()
