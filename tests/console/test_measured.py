"""The detectors page shows what was measured, and raises an alarm when analysts disagree."""

from excise.casework.state.agreement import Agreement
from excise.console import measured
from excise.console.points import points
from excise.detection.weigher import detectors
from excise.linking.link import ties


def test_every_detector_says_what_it_looks_for(served):
    text = served.visitor("viewer").get("/detectors").text
    for name in detectors():
        assert f'id="{name}"' in text
    assert "worlds that no detector was fitted to" in text


def test_an_alarm_needs_enough_cases_and_most_of_them():
    def alarm(confirmed, not_harvesting):
        one = Agreement(name="pace", confirmed=confirmed, not_harvesting=not_harvesting, unsure=3)
        return measured._alarm(one)

    assert not alarm(0, 9)
    assert not alarm(5, 5)
    assert "7 of 12" in alarm(5, 7)


def test_an_alarm_of_late_says_so():
    one = Agreement(name="pace", confirmed=1, not_harvesting=11, unsure=0)
    assert "11 of 12 cases of the last thirty days" in measured._alarm(one, when=" of the last thirty days")


def test_every_detector_and_tie_shows_its_own_point(served):
    worth = points()
    assert {one.name for one in worth.detectors} == set(detectors())
    assert {one.name for one in worth.ties} == set(ties())
    text = served.visitor("viewer").get("/detectors").text
    assert "not measured" not in text
    assert text.count('class="reach"') >= len(detectors())
    for name in ties():
        assert f'id="tie-{name}"' in text


def test_lines_are_where_the_measurement_says():
    for one in points().detectors:
        for at in one.at:
            assert at.wrongly.hits <= at.rate * at.wrongly.of
            assert at.caught.low <= at.caught.value <= at.caught.high
