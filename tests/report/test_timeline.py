import pytest
from msgspec import structs

from excise.open_folder import member
from excise.report.figures import Figure
from excise.report.findings import AccountFacts, Event


@pytest.fixture
def timeline():
    return member("excise.report.figures", Figure, "timeline")()


def heat(figure):
    return next(trace for trace in figure.data if trace.type == "heatmap")


def test_every_exchange_is_in_the_picture_and_in_the_table(timeline, week, crowd):
    for portrait in (*week.portraits(), crowd.portraits()[0]):
        figure = timeline.draw(portrait)
        assert heat(figure).z.sum() == portrait.campaign.exchanges
        assert sum(figure.data[0].y) == portrait.campaign.exchanges
        assert sum(row[2] for row in timeline.table(portrait).rows) == portrait.campaign.exchanges


def test_lanes_are_named_while_there_is_room(timeline, week):
    big, small = week.portraits()[1], week.portraits()[2]
    assert timeline.draw(small).layout.yaxis.showticklabels
    assert not timeline.draw(big).layout.yaxis.showticklabels


def test_two_accounts_that_look_alike_keep_a_lane_each(timeline, week):
    portrait = week.portraits()[2]
    names = ["x" * 100 + tail + "y" * 100 for tail in "ab"]
    facts = tuple(AccountFacts(account=name, bins=(1, 2), counts=(1, 1)) for name in names)
    lanes = heat(timeline.draw(structs.replace(portrait, accounts=facts))).y
    assert len(set(lanes)) == 2


def test_releases_in_sight_are_lettered_and_said(timeline, week):
    portrait = week.portraits()[0]
    assert [note.text for note in timeline.draw(portrait).layout.annotations] == ["A", "B"]
    says = timeline.says(portrait)
    assert "A vast-3 released 2025-10-04; B vast-3-mini released 2025-10-08" in says
    assert "vast-2" not in says


def test_suspensions_and_silences_are_marked_on_their_lanes(timeline, week):
    portrait = week.portraits()[0]
    crosses = next(
        trace
        for trace in timeline.draw(portrait).data
        if trace.type == "scatter" and trace.marker.symbol == "x-thin"
    )
    suspended = [event for event in portrait.events if event.kind == "suspension"]
    assert len(crosses.x) == len(suspended)
    assert set(crosses.y) == {event.account for event in suspended}


def test_a_crowd_shares_lanes_and_says_so(timeline, crowd):
    portrait = crowd.portraits()[0]
    figure = timeline.draw(portrait)
    assert len(heat(figure).y) == 60
    assert not any(trace.type == "scatter" for trace in figure.data)
    assert "5,000 accounts on 60 lanes, 84 to a lane" in timeline.says(portrait)
    assert any("accounts suspended" in (row[3] or "") for row in timeline.table(portrait).rows)


def test_accounts_of_unknown_times_are_counted_as_left_out(timeline, week):
    portrait = week.portraits()[2]
    bare = tuple(structs.replace(line, bins=(), counts=()) for line in portrait.accounts)
    assert timeline.absent(structs.replace(portrait, accounts=bare)) is not None
    some = structs.replace(portrait, accounts=(*portrait.accounts[:7], *bare[7:]))
    assert timeline.absent(some) is None
    assert "2 accounts without recorded activity left out" in timeline.says(some)


def test_an_event_far_away_does_not_stretch_the_picture(timeline, week):
    portrait = week.portraits()[0]
    far = (
        Event(at_s=1e12, kind="release", name="far"),
        Event(at_s=float("nan"), kind="release", name="never"),
    )
    assert timeline.draw(structs.replace(portrait, events=far)).layout.shapes == ()
    assert len(timeline.table(structs.replace(portrait, events=far)).rows) > 5


def test_each_kind_of_moment_has_a_line_of_its_own_and_a_name(timeline, week):
    portrait = week.portraits()[0]
    at_s = portrait.accounts[0].first_at_s + 3600
    kinds = ("release", "decision", "undone", "hand")
    events = tuple(
        Event(at_s=at_s + 12 * 3600 * place, kind=kind, name=f"what {kind}")
        for place, kind in enumerate(kinds)
    )
    drawn = timeline.draw(structs.replace(portrait, events=events))
    assert len({shape.line.dash for shape in drawn.layout.shapes}) == len(kinds)
    assert [note.text for note in drawn.layout.annotations] == ["A", "B", "C", "D"]
    says = timeline.says(structs.replace(portrait, events=events))
    assert "B what decision" in says
    assert "a decision unbroken" in says


def test_what_was_decided_after_the_last_exchange_is_in_the_picture(timeline, week):
    portrait = week.portraits()[0]
    end_s = max(line.last_at_s for line in portrait.accounts)
    event = Event(at_s=end_s + 4 * 3600, kind="decision", name="block by ann")
    drawn = timeline.draw(structs.replace(portrait, events=(event,)))
    assert drawn.layout.xaxis.range[1] >= event.at_s * 1000


def test_who_began_with_a_decision_has_a_triangle(timeline, week):
    portrait = week.portraits()[0]
    line = portrait.accounts[0]
    event = Event(at_s=line.first_at_s, kind="begin", name="with the decision", account=line.account)
    drawn = timeline.draw(structs.replace(portrait, events=(event,)))
    assert any(getattr(trace.marker, "symbol", "") == "triangle-right-open" for trace in drawn.data[2:])
    assert "a triangle where it began" in timeline.says(structs.replace(portrait, events=(event,)))


def test_letters_that_would_cover_one_another_stand_side_by_side(timeline, week):
    portrait = week.portraits()[0]
    at_s = portrait.accounts[0].first_at_s + 3600
    events = tuple(Event(at_s=at_s + place, kind="decision", name=str(place)) for place in range(3))
    drawn = timeline.draw(structs.replace(portrait, events=events))
    assert [note.text for note in drawn.layout.annotations] == ["A B C"]
    assert len(drawn.layout.shapes) == 3
