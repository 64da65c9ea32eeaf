"""What every figure must do, ours and other people's."""

import json
import re

import pytest

from excise.open_folder import members
from excise.report.figures import Figure
from excise.report.findings import Findings, Portrait
from excise.report.palette import DARK_FOR_LIGHT

FIGURES = members("excise.report.figures", Figure)
EVERY = pytest.mark.parametrize("name", FIGURES)
KNOWN = {*DARK_FOR_LIGHT, "rgba(0,0,0,0)"}


def subjects(name, findings):
    return [findings] if FIGURES[name].subject is Findings else list(findings.portraits())


def colors(value, key=""):
    """Find every color of a figure, as the page does: a string under a key that speaks of color."""
    if isinstance(value, str):
        if "color" in key.lower():
            yield value
    elif isinstance(value, list):
        for item in value:
            yield from colors(item, key)
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from colors(item, name)


@EVERY
def test_it_says_what_it_is(name):
    figure = FIGURES[name]
    assert figure.title
    assert figure.subject in (Findings, Portrait)
    assert isinstance(figure.place, int)


@EVERY
def test_it_has_a_picture_a_table_and_a_sentence(name, week):
    for subject in subjects(name, week):
        figure = FIGURES[name]()
        assert figure.absent(subject) is None
        assert figure.says(subject).endswith(".")
        table = figure.table(subject)
        assert table.caption
        assert table.rows
        assert all(len(row) == len(table.columns) for row in table.rows)
        assert figure.draw(subject).layout.height > 100


@EVERY
def test_it_is_the_same_for_the_same_subject(name, week):
    for subject in subjects(name, week):
        assert FIGURES[name]().draw(subject).to_json() == FIGURES[name]().draw(subject).to_json()


@EVERY
def test_its_colors_are_known_so_that_the_dark_has_them_too(name, week, hostile):
    for findings in (week, hostile):
        for subject in subjects(name, findings):
            if FIGURES[name]().absent(subject) is None:
                assert set(colors(json.loads(FIGURES[name]().draw(subject).to_json()))) <= KNOWN


@EVERY
def test_hostile_names_put_no_markup_into_it(name, hostile):
    for subject in subjects(name, hostile):
        if FIGURES[name]().absent(subject) is None:
            text = json.dumps(json.loads(FIGURES[name]().draw(subject).to_json()), ensure_ascii=False)
            tags = set(re.findall(r"<[^>]*>", text))
            assert tags <= {"<br>", "<extra>", "</extra>"}
            assert "NaN" not in text
            assert "Infinity" not in text


@EVERY
def test_thousands_of_accounts_stay_small(name, crowd):
    for subject in subjects(name, crowd):
        assert len(FIGURES[name]().draw(subject).to_json()) < 600_000
