import pytest
from msgspec import structs

from excise.open_folder import member
from excise.report.figures import Figure


@pytest.fixture
def overview():
    return member("excise.report.figures", Figure, "overview")()


def test_three_panels_a_row_each_and_diamonds_for_the_new(overview, week):
    bits, accounts, tokens = overview.draw(week).data
    assert list(bits.x) == [13.3, 13.0, 11.0]
    assert list(accounts.x) == [41, 120, 9]
    assert list(tokens.x) == [c.tokens_out for c in week.ranked()]
    assert list(bits.marker.symbol) == ["diamond", "circle", "circle"]
    assert "Diamonds are new" in overview.says(week)


def test_the_ceiling_is_a_line(overview, week):
    assert overview.draw(week).layout.shapes[0].x0 == 13.3
    assert overview.draw(structs.replace(week, calibration=None)).layout.shapes == ()


def test_many_campaigns_are_cut_in_the_picture_and_whole_in_the_table(overview, week):
    many = tuple(structs.replace(week.campaigns[0], name=f"c{at:03}") for at in range(90))
    findings = structs.replace(week, campaigns=many)
    assert len(overview.draw(findings).data[0].x) == 40
    assert "first 40 of 90" in overview.says(findings)
    assert len(overview.table(findings).rows) == len(overview.table(findings).anchors) == 90


@pytest.mark.parametrize(
    ("tokens", "least"), [((1, 1), 1), ((950, 1_050), 1), ((3, 4_000_000_000), 2), ((0, 0), 1)]
)
def test_logarithmic_panels_always_have_ticks(overview, week, tokens, least):
    campaigns = tuple(structs.replace(week.campaigns[0], tokens_out=number) for number in tokens)
    axis = overview.draw(structs.replace(week, campaigns=campaigns)).layout.xaxis3
    assert least <= len(axis.tickvals) <= 3
    assert len(axis.tickvals) == len(axis.ticktext)


def test_the_first_scan_has_no_column_for_what_is_new(overview, week):
    calm = tuple(structs.replace(c, new=False, joined=()) for c in week.campaigns)
    names = [column.name for column in overview.table(structs.replace(week, campaigns=calm)).columns]
    assert "since last scan" not in names
    assert "since last scan" in [column.name for column in overview.table(week).columns]


def test_no_campaign_is_said(overview, week):
    assert overview.absent(structs.replace(week, campaigns=())) is not None
