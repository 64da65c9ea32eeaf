"""Campaigns: their facts are those of their accounts, and honest actors that look alike stand beside them."""

import gzip
import json

import pytest

from excise.detection.naming import campaigns


@pytest.fixture(scope="module")
def named(judgement, store):
    return campaigns(judgement, store)


def test_campaigns_are_the_actors_that_are_named_strongest_first(judgement, named):
    rows = [row for row in range(len(judgement.actors)) if judgement.named(row)]
    assert sorted(campaign.actor for campaign in named) == sorted(judgement.actors[row] for row in rows)
    assert [campaign.rank for campaign in named] == sorted(
        (campaign.rank for campaign in named), reverse=True
    )
    verdicts = {verdict.account: verdict for verdict in judgement.verdicts()}
    for campaign in named:
        for account in campaign.accounts:
            assert (verdicts[account].campaign, verdicts[account].bits) == (campaign.name, campaign.bits)
        assert campaign.because == verdicts[campaign.accounts[0]].because


def test_facts_are_those_of_the_log(named, world):
    with gzip.open(world / "log.litellm.jsonl.gz") as lines:
        records = [json.loads(line) for line in lines]
    for campaign in named:
        mine = [r for r in records if r["metadata"]["user_api_key_user_id"] in campaign.accounts]
        assert campaign.exchanges == len(mine)
        assert campaign.tokens_out == sum(r["completion_tokens"] for r in mine)
        assert campaign.started_at_s == pytest.approx(min(r["startTime"] for r in mine), abs=1e-3)
        assert campaign.ended_at_s == pytest.approx(max(r["startTime"] for r in mine), abs=1e-3)


def test_a_headline_says_how_many_and_what_for(named):
    for campaign in named:
        count = len(campaign.accounts)
        assert campaign.sentence.startswith(
            "One account " if count == 1 else f"{count:,} accounts act as one and "
        )
    assert any("act as one" in campaign.sentence for campaign in named)


def test_what_sets_a_campaign_apart_is_a_reason_of_its_own(named):
    for campaign in named:
        positive = {reason.text for reason in campaign.because if reason.weight > 0}
        assert campaign.particular in positive
    weightiest = {campaign.because[0].text for campaign in named}
    assert len({campaign.particular for campaign in named}) >= min(len(named), len(weightiest))


def test_lookalikes_are_not_named_and_something_sets_them_apart(judgement, named):
    accused = {campaign.actor for campaign in named}
    assert any(campaign.lookalikes for campaign in named)
    for campaign in named:
        for other in campaign.lookalikes:
            assert other.actor not in accused
            assert other.rank < campaign.rank
            assert other.accounts == len(judgement.members[judgement.actors.index(other.actor)])
            assert len(other.shares) <= 4
            assert len(other.differs) <= 4
        assert len(campaign.lookalikes) <= 3
