import math

from msgspec import structs

from excise.report.findings import AccountFacts, Findings


def test_portraits_come_strongest_first_and_with_their_own_events(week):
    portraits = week.portraits()
    assert [p.campaign.name for p in portraits] == ["amber-heron", "slate-marten", "copper-finch"]
    for portrait in portraits:
        assert tuple(line.account for line in portrait.accounts) == portrait.campaign.accounts
        assert all(e.account is None or e.account in portrait.campaign.accounts for e in portrait.events)
        assert any(e.kind == "release" for e in portrait.events)
    assert sum(e.account is not None for p in portraits for e in p.events) == sum(
        e.account is not None for e in week.events
    )


def test_an_account_without_facts_is_not_lost(week):
    bare = structs.replace(week, accounts=())
    assert bare.portraits()[0].accounts[0] == AccountFacts(account=week.ranked()[0].accounts[0])
    assert sum(len(p.accounts) for p in bare.portraits()) == 170


def test_what_is_not_a_number_ranks_last(week):
    odd = structs.replace(week.campaigns[0], bits=math.nan, rank=math.nan)
    assert structs.replace(week, campaigns=(odd, *week.campaigns[1:])).ranked()[-1] is odd


def test_the_prior_reaches_the_portraits(week):
    calibration = structs.replace(week.calibration, prior_bits=-4.0)
    assert structs.replace(week, calibration=calibration).portraits()[0].prior_bits == -4.0
    assert structs.replace(week, calibration=None).portraits()[0].prior_bits == 0.0


def test_findings_hold_only_what_they_say():
    assert Findings.__struct_config__.frozen
