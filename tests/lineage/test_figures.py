import json

import numpy as np
import pyarrow as pa
import pytest

from excise.lineage.figures import growth, scores
from excise.lineage.finding import STEPS_SCHEMA


def table(courses, count=50, per_step=2):
    rows = [
        {
            "role": role,
            "model": name,
            "step": at + 1,
            "row": f"s{at}",
            "asked": per_step * (at + 1),
            "score": score(at),
            "bits": bits(at),
            "note": "",
        }
        for role, name, bits, score in courses
        for at in range(count)
    ]
    return pa.Table.from_pylist(rows, schema=STEPS_SCHEMA)


RISING = ("suspect", "hf:x", lambda at: at / 2, lambda at: 0.1 if at % 4 else -0.1)
FLAT = ("placebo", "hf:x", lambda at: -at / 50, lambda at: 0.1 if at % 2 else -0.1)
LEAD = ("suspect", "hf:x", lambda _: None, lambda _: 0.3)


def test_the_picture_shows_every_line_up_to_its_end():
    shown = growth(table([RISING, FLAT]), 20.0)
    picture = json.loads(shown.picture)
    first, second = picture["data"]
    assert (first["x"][0], first["y"][0], first["x"][-1], first["y"][-1]) == (0, 0, 100, 24.5)
    assert first["line"]["dash"] == "solid" != second["line"]["dash"]
    assert shown.says.startswith("The suspect's evidence ends at 24.5 bits; no control ever rose above 0.0.")
    said = [note["text"] for note in picture["layout"]["annotations"]]
    assert "stops at 20 bits: once in 1 million" in said
    assert "chance: once in 1,000" in said
    assert len(shown.table.rows) == 18


def test_a_long_run_is_thinned_and_keeps_its_ends():
    shown = growth(table([RISING], count=20_000), 1e9)
    (line,) = json.loads(shown.picture)["data"]
    assert len(line["x"]) < 2_000
    assert (line["x"][1], line["x"][-1]) == (2, 40_000)


def test_a_lead_has_no_picture_of_bits():
    shown = growth(table([LEAD]), 20.0)
    assert shown.absent == "This method gives leads, and a lead has no bits."
    assert shown.picture == ""


def test_scores_are_counted_model_by_model():
    shown = scores(table([RISING, FLAT]))
    assert [row[2:4] for row in shown.table.rows] == [(50, "74.0%"), (50, "50.0%")]
    for line in json.loads(shown.picture)["data"]:
        assert sum(line["y"]) == pytest.approx(1.0, abs=1e-3)
    assert np.isfinite(json.loads(shown.picture)["data"][0]["x"]).all()


def test_where_nothing_counted_that_is_said():
    assert scores(table([("suspect", "x", lambda _: 0.0, lambda _: None)])).absent == "No step counted."


def test_markup_in_a_name_stays_text():
    evil = ("suspect", "x#<img src=x onerror=alert()>", RISING[2], RISING[3])
    for shown in (growth(table([evil]), 20.0), scores(table([evil]))):
        picture = json.loads(shown.picture)
        for line in picture["data"]:
            assert "<" not in line["name"]
            assert "&lt;img" in line["name"]
            assert "<img" not in line["hovertemplate"]
