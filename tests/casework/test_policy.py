import pytest
from hypothesis import given
from hypothesis import strategies as st

from excise.casework.decision import Kind, Limits, Mode, Scope
from excise.casework.policy import (
    Facts,
    Mail,
    Rule,
    Slack,
    Take,
    Webhook,
    conditions,
    matches,
    parse,
    read,
    shipped,
)
from excise.errors import BadSetting

RULE = "[rules.x]\naction = 'block'\nbits_at_least = 9\nhours = 5\n"


def test_the_shipped_policy_acts_in_shadow_only():
    policy = shipped()
    assert set(policy.rules) == {"watch", "slow_down", "block_strong"}
    for rule in policy.rules.values():
        assert rule.mode is Mode.SHADOW or rule.take is Take.PROPOSE
    assert policy.notify == {}


def test_all_that_a_policy_says_is_read(tmp_path):
    path = tmp_path / "policy.toml"
    path.write_text(
        """
        [rules.slow]
        action = "throttle"
        scope = "account"
        bits_at_least = 8
        bits_below = 12
        accounts_at_least = 2
        verified_share_at_most = 0.5
        detectors = ["metronome"]
        hours = 24
        delay_hours = 2
        limits = { rpm = 60 }
        mode = "canary"
        share = 0.2
        take = "act"
        [notify.a]
        kind = "slack"
        url = "https://h.example/x"
        [notify.b]
        kind = "webhook"
        url = "https://h.example/y"
        events = ["appeal"]
        [notify.c]
        kind = "mail"
        host = "mail.example"
        sender = "e@acme.example"
        to = ["a@acme.example"]
        """
    )
    policy = read(path)
    rule = policy.rules["slow"]
    assert (rule.action, rule.scope, rule.limits, rule.mode) == (
        Kind.THROTTLE,
        Scope.ACCOUNT,
        Limits(rpm=60),
        Mode.CANARY,
    )
    assert [type(one) for one in policy.notify.values()] == [Slack, Webhook, Mail]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (RULE.replace("hours", "hour"), "Did you mean hours?"),
        (RULE.replace("block", "blok"), "Did you mean 'block'?"),
        (RULE + "detectors = ['metronom']", "did you mean 'metronome'?"),
        ("[bulk]\naccount = 3", "Did you mean accounts?"),
        ("[rule.x]", "Did you mean rules?"),
        ("[appeals]\nzzz = 3", "There are: a_day, an_hour"),
        (RULE.replace("'block'", "'zzz'"), "There are: observe"),
        (RULE.replace("= 5", "= 0"), "every action expires"),
        (RULE.replace("= 5", "= nan"), "no finite number"),
        (RULE.replace("= 5", "= 99999"), "every action expires"),
        (RULE + "share = 0", "share is above 0"),
        (RULE + "verified_share_at_most = 2", "from 0 to 1"),
        (RULE + "delay_hours = 5", "below hours"),
        (RULE + "scope = 'address'", "account or actor"),
        (RULE + "limits = { rpm = 5 }", "limits belong to"),
        (RULE.replace("block", "throttle"), "it needs them"),
        (RULE.replace("block", "throttle") + "limits = {}", "rpm, tpm or both"),
        (RULE + "degradation = {}", "belongs to action = 'degrade'"),
        (RULE + "reason_code = 'Bad words!'", "one short word"),
        ("[bulk]\naccounts = 0", "at least 1"),
        ("[notify.a]\nkind='slack'\nurl='ftp://x'", "begins with https"),
        ("[notify.a]\nkind='slack'\nurl='https://x'\nevents=['apeal']", "did you mean 'appeal'?"),
        ("[notify.a]\nkind='mail'\nhost='h'\nsender='s'\nto=['t']\nsecurity='ssl'", "starttls, tls or none"),
        ("[rules", "Expected"),
    ],
)
def test_what_is_wrong_is_told_with_what_was_meant(text, why):
    with pytest.raises(BadSetting) as told:
        parse(text, place="p.toml")
    assert why in str(told.value)
    assert str(told.value).startswith("p.toml: ")


def test_files_that_are_none(tmp_path):
    with pytest.raises(BadSetting, match="no such policy"):
        read(tmp_path / "absent.toml")
    (tmp_path / "b").write_bytes(b"\xff\xfe")
    with pytest.raises(BadSetting, match="UTF-8"):
        read(tmp_path / "b")


def facts(**fields):
    values = {
        "bits": 10.0,
        "accounts": 4,
        "exchanges": 9,
        "tokens_out": 9,
        "verified": 1,
        "detectors": ("pace",),
    }
    return Facts(**{**values, **fields})


@pytest.mark.parametrize(
    ("rule", "met"),
    [
        ({"bits_at_least": 10}, True),
        ({"bits_at_least": 10.1}, False),
        ({"bits_below": 10}, False),
        ({"accounts_at_least": 5}, False),
        ({"exchanges_at_least": 10}, False),
        ({"tokens_out_at_least": 9}, True),
        ({"verified_share_at_most": 0.25}, True),
        ({"verified_share_at_most": 0.2}, False),
        ({"detectors": ("metronome", "pace")}, True),
        ({"detectors": ("metronome",)}, False),
    ],
)
def test_each_condition_counts(rule, met):
    made = Rule(action=Kind.BLOCK, hours=5, **{"bits_at_least": 1.0, **rule})
    assert matches(made, facts()) is met
    assert sum(not one.met for one in conditions(made, facts())) == (0 if met else 1)


@given(st.floats(0, 30), st.floats(0, 30))
def test_a_rule_matches_where_all_conditions_are_met(least, bits):
    rule = Rule(action=Kind.BLOCK, bits_at_least=least, hours=5)
    assert matches(rule, facts(bits=bits)) is (bits >= least)
