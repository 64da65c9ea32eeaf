import itertools
import json

import pytest

from excise.lineage.asking import run
from excise.lineage.journal import Journal
from excise.lineage.methods import Given, Method
from excise.lineage.opening import open_suspect
from excise.lineage.planning import Asking, Rule, plan
from excise.lineage.replies import read_replies
from excise.lineage.suspects import Terms
from excise.open_folder import member


@pytest.fixture
def go(case, tmp_path):
    """Runs the twins test; a run with the same number goes on from its journal."""

    def once(asking, *, stop_at_bits=1000.0, budget=10_000, number=0):
        method = member("excise.lineage.methods", Method, "twins")()
        given = Given(served=read_replies(case.served)[0], twins=read_replies(case.twins)[0])
        rule = Rule(stop_at_bits=stop_at_bits, budget=budget, seed=3)
        made = plan("twins", method, given, [], asking=asking, rule=rule, version="0", now_s=1.0)
        told = []
        path = tmp_path / f"{number}.jsonl"
        with Journal(path, made.protocol.sha256, itertools.count().__next__) as journal:
            found = run(made, asking, journal, told.append)
        return found, told, path

    return once


def test_it_asks_all_where_nothing_stops_it(go, case):
    found, told, path = go(Asking(open_suspect(f"hf:{case.teacher}")))
    suspect, placebo = found.courses
    assert found.ended == "asked"
    assert len(suspect.readings) == suspect.counted == 72
    assert suspect.asked == 216
    assert 130 < placebo.asked <= 144  # a twin that says the same as its twin is no placebo
    assert [moment.asked for moment in told] == [3 * n for n in range(1, 73)]
    assert told[-1].bits == suspect.bits
    asked = [json.loads(line) for line in path.read_text().splitlines()[1:]]
    # the placebo asks about texts that the test itself asks about: they are paid once
    assert len(asked) <= 216


def test_it_stops_at_enough_bits(go, case):
    found, told, _ = go(Asking(open_suspect(f"hf:{case.student}")), stop_at_bits=6.0)
    suspect, placebo = found.courses
    assert found.ended == "bits"
    assert suspect.bits >= 6
    assert all(reading.bits < 6 for reading in suspect.readings[:-1])
    assert len(placebo.readings) == len(suspect.readings) < 72
    assert told[-1].control_bits == placebo.bits


def test_it_stops_within_the_budget(go, case):
    found, _, path = go(Asking(open_suspect(f"hf:{case.teacher}")), budget=50)
    assert found.ended == "budget"
    assert found.courses[0].asked == 48
    assert len(path.read_text().splitlines()) - 1 <= 50


def test_a_control_is_asked_the_same(go, case):
    asking = Asking(open_suspect(f"hf:{case.student}"), (open_suspect(f"hf:{case.teacher}"),))
    found, _, _ = go(asking, budget=90)
    suspect, control, _ = found.courses
    assert [one.row for one in control.readings] == [one.row for one in suspect.readings]
    assert control.bits < suspect.bits


def test_a_reference_sharpens_and_is_not_its_own(go, case):
    teacher = f"hf:{case.teacher}"
    asking = Asking(open_suspect(f"hf:{case.student}"), (open_suspect(teacher),), (open_suspect(teacher),))
    found, _, _ = go(asking)
    suspect, control, placebo = found.courses
    assert suspect.bits > 20
    assert control.bits < 5
    assert placebo.bits < 5


def test_answers_that_cannot_be_believed_count_for_nothing(go, endpoint):
    endpoint.ways = {"echo"}

    def lie(reply):
        if len(endpoint.asked) % 5 == 0:
            reply["choices"][0]["logprobs"] = {"tokens": ["fox"], "token_logprobs": [-0.1]}
        return reply

    endpoint.lie = lie
    suspect = open_suspect(endpoint.name(), Terms(way="echo", tries=1))
    found, _, path = go(Asking(suspect), budget=120)
    suspect.close()
    course = found.courses[0]
    (gap,) = course.gaps
    assert gap.why == "its tokens do not spell the text that it was asked about"
    assert set(gap.rows) <= {reading.row for reading in course.readings if reading.note}
    assert 0 < course.counted == len(course.readings) - len([r for r in course.readings if r.note])
    assert course.counted < len(course.readings)
    kept = [json.loads(line) for line in path.read_text().splitlines()[1:]]
    assert sum(one["result"]["type"] == "none" for one in kept) >= gap.questions
    assert course.bits < 5


def test_the_same_answers_give_the_same_bits_from_a_file(go, case):
    """Anyone who has the queries of a finding computes its bits again, without the model."""
    name = f"hf:{case.student}"
    found, _, path = go(Asking(open_suspect(name)), budget=120)
    again, _, _ = go(Asking(open_suspect(f"file:{path}#{name}")), budget=120, number=1)
    assert [one.bits for one in again.courses] == [one.bits for one in found.courses]
    assert [one.readings for one in again.courses] == [one.readings for one in found.courses]
