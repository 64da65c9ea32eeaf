"""The detectors page shows what was measured, and raises an alarm when analysts disagree."""

from excise.casework.state.agreement import Agreement
from excise.console import measured
from excise.detection.weigher import detectors


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


def test_the_measured_files_are_found():
    assert measured.measured_file("detection.json").is_file()
    assert measured.measured_file("nothing.json") is None
