import pytest
from msgspec import structs

from excise.linking.actor import Link, Strand
from excise.linking.ties import BLOCKS
from excise.open_folder import member
from excise.report.figures import Figure


@pytest.fixture
def ties():
    return member("excise.report.figures", Figure, "ties")()


def with_links(portrait, links):
    return structs.replace(portrait, campaign=structs.replace(portrait.campaign, links=tuple(links)))


def lines(figure):
    return [trace for trace in figure.data if trace.mode == "lines"]


def test_each_block_has_a_color_and_a_dash_of_its_own(ties, week):
    links = [
        Link(
            one="a", other=f"b{at}", weight=3.0, strands=(Strand(tie="t", block=block, weight=1.0, text="x"),)
        )
        for at, block in enumerate(BLOCKS)
    ]
    drawn = lines(ties.draw(with_links(week.portraits()[0], links)))
    assert [trace.name for trace in drawn] == [block.replace("_", " ") for block in BLOCKS]
    assert len({trace.line.color for trace in drawn}) == len(BLOCKS)
    assert len({trace.line.dash for trace in drawn}) == len(BLOCKS)


def test_a_block_looks_the_same_in_every_campaign(ties, week):
    looks = {}
    for portrait in week.portraits():
        for trace in lines(ties.draw(portrait)):
            assert looks.setdefault(trace.name, (trace.line.color, trace.line.dash)) == (
                trace.line.color,
                trace.line.dash,
            )


def test_a_link_says_why_strand_by_strand(ties, week):
    strands = tuple(
        Strand(tie=f"t{at}", block="script", weight=float(weight), text=f"reason {weight}")
        for at, weight in enumerate((2, -9, 5, 1, 3))
    )
    portrait = with_links(week.portraits()[0], [Link(one="a", other="b", weight=4.0, strands=strands)])
    (row,) = ties.table(portrait).rows
    assert row[:3] == ("a", "b", 4.0)
    assert [part.strip() for part in row[3].split(";")] == [
        "\N{MINUS SIGN}9.0 reason -9",
        "+5.0 reason 5",
        "+3.0 reason 3",
        "+2.0 reason 2",
        "and 1 more",
    ]
    middles = next(trace for trace in ties.draw(portrait).data if trace.marker.opacity == 0)
    assert middles.hovertext[0].startswith("a and b: +4.0<br>\N{MINUS SIGN}9.0 reason -9<br>+5.0 reason 5")


def test_every_drawn_link_and_account_is_there(ties, week):
    portrait = week.portraits()[0]
    figure = ties.draw(portrait)
    assert sum(sum(x is None for x in trace.x) for trace in lines(figure)) == len(portrait.campaign.links)
    assert len(figure.data[-1].x) == len(portrait.campaign.accounts)
    assert "68 links between 41 accounts" in ties.says(portrait)


def test_a_crowd_is_sampled_and_says_so(ties, crowd):
    portrait = crowd.portraits()[0]
    assert len(ties.draw(portrait).data[-1].x) == 300
    assert "Drawn are 300 of 5,000 accounts" in ties.says(portrait)
    assert len(ties.table(portrait).rows) == 100
    assert "ties.parquet" in ties.table(portrait).note


def test_accounts_in_no_link_are_counted(ties, week):
    portrait = week.portraits()[0]
    assert "In no link recorded here: 39 accounts" in ties.says(
        with_links(portrait, portrait.campaign.links[:1])
    )


def test_nothing_to_draw_is_said(ties, week):
    assert "strong enough" in ties.absent(with_links(week.portraits()[0], []))
    alone = structs.replace(week.portraits()[0].campaign, accounts=("a",), links=())
    assert "one account" in ties.absent(structs.replace(week.portraits()[0], campaign=alone))


def test_a_link_without_strands_can_be_drawn(ties, week):
    portrait = with_links(week.portraits()[0], [Link(one="a", other="b", weight=4.0)])
    assert lines(ties.draw(portrait))[0].name == "unnamed"
