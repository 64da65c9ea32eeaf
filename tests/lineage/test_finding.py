import math

import pyarrow.parquet as pq
import pytest

from excise.lineage.asking import Course, Gap, Run
from excise.lineage.finding import STEPS, conclude, steps_table, write
from excise.lineage.methods import Fact, Given, Method, Reading
from excise.lineage.opening import open_suspect
from excise.lineage.planning import Asking, Rule, plan
from excise.lineage.replies import read_replies
from excise.observation.canonical import canonical
from excise.open_folder import member


@pytest.fixture
def made(case):
    method = member("excise.lineage.methods", Method, "twins")()
    given = Given(served=read_replies(case.served)[0], twins=read_replies(case.twins)[0])
    asking = Asking(open_suspect(f"hf:{case.student}"))
    rule = Rule(stop_at_bits=20.0, budget=500, seed=1)
    return plan("twins", method, given, [], asking=asking, rule=rule, version="0", now_s=1.0)


def course(role, bits, *, gaps=(), facts=()):
    readings = tuple(Reading(row=f"s{at}", score=None if at == 1 else 0.5, bits=bits) for at in range(4))
    return Course(role=role, name=role, readings=readings, asked=12, gaps=gaps, bits=bits, facts=facts)


def names(finding):
    return [one.name for one in finding.cautions]


def test_a_calm_run_warns_of_nothing(made):
    finding = conclude(
        made, Run(courses=(course("suspect", 25.0), course("placebo", -1.0)), ended="bits"), now_s=9.0
    )
    assert names(finding) == [one.name for one in made.cautions]
    assert (finding.bits, finding.suspect.counted, finding.controls[0].role) == (25.0, 3, "placebo")


def test_what_the_run_says_against_itself_is_said(made):
    alone = Run(
        courses=(course("suspect", 25.0, gaps=(Gap(why="an empty reply", questions=3, rows=("s1",)),)),),
        ended="asked",
    )
    assert names(conclude(made, alone, now_s=9.0))[-2:] == ["no-control", "unanswered"]
    shaken = Run(courses=(course("suspect", 25.0), course("control", 8.0)), ended="asked")
    (said,) = [one for one in conclude(made, shaken, now_s=9.0).cautions if one.name == "control-speaks"]
    assert "reached 8.0 bits" in said.text
    assert "do not rely on this finding" in said.text


def test_a_measure_that_is_no_number_is_written(made):
    odd = Run(courses=(course("suspect", 1.0, facts=(Fact("odd", math.nan, "?"),)),), ended="asked")
    finding = conclude(made, odd, now_s=9.0)
    assert finding.suspect.measures[0].value is None
    assert b'"value":null' in canonical(finding)


def test_steps_are_a_table(made, tmp_path):
    run = Run(courses=(course("suspect", 2.0), course("placebo", None)), ended="asked")
    table = steps_table(made, run)
    assert table.num_rows == 8
    assert table["asked"].to_pylist() == [3, 6, 9, 12, 2, 4, 6, 8]
    assert table["score"].to_pylist()[1] is None
    write(tmp_path, made, run, conclude(made, run, now_s=9.0))

    assert pq.read_table(tmp_path / STEPS).equals(table)
