import math

import pytest
from msgspec import structs

from excise.detection.campaign import Because
from excise.open_folder import member
from excise.report.figures import Figure


@pytest.fixture
def waterfall():
    return member("excise.report.figures", Figure, "waterfall")()


def bars(figure):
    """Return start and end of each bar by its place, top to bottom."""
    found = {}
    for trace in figure.data:
        if trace.type == "bar":
            for y, base, x in zip(trace.y, trace.base, trace.x, strict=True):
                found[y] = (trace.name, base, base + x)
    return [found[y] for y in sorted(found)]


def test_each_bar_starts_where_the_one_before_ended(waterfall, week):
    portrait = week.portraits()[0]
    steps = bars(waterfall.draw(portrait))
    at = 0.0
    for reason, (kind, low, high) in zip(portrait.campaign.because, steps, strict=False):
        assert kind == ("for" if reason.weight > 0 else "against")
        assert (low, high) == pytest.approx(sorted((at, at + reason.weight)))
        at += reason.weight
    assert steps[-1] == ("sum", 0.0, pytest.approx(portrait.campaign.rank))
    assert len(steps) == len(portrait.campaign.because) + 1


def test_what_does_not_add_up_is_shown_and_not_hidden(waterfall, week):
    portrait = week.portraits()[0]
    portrait = structs.replace(portrait, campaign=structs.replace(portrait.campaign, rank=20.0))
    kind, low, high = bars(waterfall.draw(portrait))[-2]
    assert kind == "rest"
    assert (low, high) == pytest.approx((20.0, 22.6))


def test_a_prior_comes_first(waterfall, week):
    portrait = structs.replace(week.portraits()[0], prior_bits=-8.4)
    assert bars(waterfall.draw(portrait))[0] == ("sum", -8.4, 0.0)


def test_many_reasons_are_summed_up_at_the_end(waterfall, week):
    portrait = week.portraits()[0]
    many = tuple(Because(signal=f"s{at}", weight=1.0 + at / 100, text="t") for at in range(40))
    campaign = structs.replace(portrait.campaign, because=many, rank=sum(b.weight for b in many))
    figure = waterfall.draw(structs.replace(portrait, campaign=campaign))
    assert len(bars(figure)) == 16
    assert "26 weaker" in figure.layout.yaxis.ticktext
    assert len(waterfall.table(structs.replace(portrait, campaign=campaign)).rows) == 40


def test_the_claim_is_a_line_and_the_ceiling_another_where_they_differ(waterfall, week):
    at_ceiling, below = week.portraits()[0], week.portraits()[2]
    assert [s.x0 for s in waterfall.draw(at_ceiling).layout.shapes] == [13.3]
    assert [s.x0 for s in waterfall.draw(below).layout.shapes] == [11.0, 13.3]


def test_no_number_is_no_bar(waterfall, week):
    portrait = week.portraits()[0]
    odd = (Because(signal="odd", weight=math.nan, text="t"), *portrait.campaign.because)
    campaign = structs.replace(portrait.campaign, because=odd, rank=-math.inf, bits=math.nan)
    figure = waterfall.draw(structs.replace(portrait, campaign=campaign))
    assert len(bars(figure)) == len(portrait.campaign.because) + 1


def test_a_campaign_without_reasons_can_be_drawn(waterfall, week):
    portrait = week.portraits()[0]
    campaign = structs.replace(portrait.campaign, because=(), rank=0.0)
    assert len(bars(waterfall.draw(structs.replace(portrait, campaign=campaign)))) == 1
