import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from excise.detection.campaign import Campaign
from excise.report.findings import AccountFacts, Bins, Portrait
from excise.report.lanes import lanes, width

NOBODY = Campaign(
    name="n",
    actor="a",
    sentence="s",
    accounts=(),
    bits=1.0,
    rank=1.0,
    ceiling_bits=1.0,
    exchanges=0,
    tokens_out=0,
    started_at_s=0.0,
    ended_at_s=0.0,
    because=(),
    links=(),
)


def portrait_of(campaign, facts, width_s=3600.0):
    return Portrait(campaign=campaign, accounts=tuple(facts), bins=Bins(origin_s=0.0, width_s=width_s))


def test_each_account_has_a_lane_in_order_of_its_first_exchange():
    facts = [
        AccountFacts(account="late", bins=(5, 6), counts=(1, 2)),
        AccountFacts(account="early", bins=(2,), counts=(7,)),
        AccountFacts(account="silent"),
    ]
    grid = lanes(portrait_of(NOBODY, facts))
    assert [lane.accounts for lane in grid.lanes] == [("early",), ("late",)]
    assert grid.counts.tolist() == [[7, 0, 0, 0, 0], [0, 0, 0, 1, 2]]
    assert grid.active.tolist() == [1, 0, 0, 1, 1]
    assert grid.origin_s == 2 * 3600.0
    assert grid.accounts == 2


@given(
    st.lists(st.dictionaries(st.integers(0, 3000), st.integers(1, 40), min_size=1), min_size=1, max_size=40),
    st.integers(1, 12),
    st.integers(1, 60),
)
def test_merging_loses_no_exchange_and_keeps_to_its_bounds(days, most_lanes, most_bins):
    facts = [
        AccountFacts(account=f"a{at}", bins=tuple(sorted(day)), counts=tuple(day[b] for b in sorted(day)))
        for at, day in enumerate(days)
    ]
    grid = lanes(portrait_of(NOBODY, facts), most_lanes=most_lanes, most_bins=most_bins)
    assert grid.counts.sum() == sum(sum(day.values()) for day in days)
    assert len(grid.lanes) <= most_lanes
    assert grid.counts.shape[1] <= most_bins + 1
    assert sum(len(lane.accounts) for lane in grid.lanes) == len(days)
    assert all(grid.active <= len(days))
    for account in facts:
        assert account.account in grid.lanes[grid.lane_of[account.account]].accounts


def test_long_periods_are_merged_into_whole_hours_or_days():
    facts = [AccountFacts(account="a", bins=tuple(range(24 * 60)), counts=(1,) * (24 * 60))]
    grid = lanes(portrait_of(NOBODY, facts))
    assert width(grid.width_s) == "6 hours"
    assert np.all(grid.counts == 6)


def test_five_thousand_accounts_share_sixty_lanes(crowd):
    grid = lanes(crowd.portraits()[0])
    assert len(grid.lanes) == 60
    assert max(len(lane.accounts) for lane in grid.lanes) == 84
    assert grid.counts.sum() == crowd.ranked()[0].exchanges


def test_no_activity_is_no_lanes():
    assert lanes(portrait_of(NOBODY, [AccountFacts(account="a")])).lanes == ()


@pytest.mark.parametrize(
    ("width_s", "text"), [(60.0, "minute"), (86400.0, "day"), (90.0, "90 s"), (7200.0, "2 hours")]
)
def test_widths_are_said(width_s, text):
    assert width(width_s) == text
