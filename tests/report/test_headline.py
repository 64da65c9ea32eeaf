import math

from msgspec import structs

from excise.detection.campaign import Because
from excise.report.headline import particular, since


def test_new_goes_before_grown(week):
    campaign = structs.replace(week.campaigns[0], new=True, joined=("a",))
    assert since(campaign) == "NEW"
    assert since(structs.replace(campaign, new=False)) == "+1 account"
    assert since(structs.replace(campaign, new=False, joined=())) == ""


def test_the_weightiest_reason_speaks_where_none_is_particular(week):
    campaign = week.campaigns[0]
    reasons = (
        Because(signal="a", weight=-9.0, text="against"),
        Because(signal="b", weight=2.0, text="weaker"),
        Because(signal="c", weight=3.0, text="stronger"),
        Because(signal="d", weight=math.inf, text="no number"),
    )
    assert particular(structs.replace(campaign, because=reasons)) == "stronger"
    assert particular(structs.replace(campaign, because=reasons[:1])) == ""
