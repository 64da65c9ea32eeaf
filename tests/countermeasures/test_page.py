"""The page of countermeasures: its code runs, and it tells of each of them."""

import re
from pathlib import Path

import pytest

from excise.countermeasures.changes import Countermeasure
from excise.open_folder import members

PAGE = Path(__file__).parents[2] / "docs" / "countermeasures.md"


def test_its_code_runs():
    pytest.importorskip("transformers", reason="needs pip install 'excise[lineage]'")
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert len(blocks) >= 2
    names: dict[str, object] = {}
    for block in blocks:
        exec(block, names)
    assert len(names["processors"]) == 3
    assert names["edited"].changed == 1


def test_each_countermeasure_is_told_of():
    told = re.findall(r"^\| `(\w+)` \|", PAGE.read_text("utf-8"), re.MULTILINE)
    assert sorted(told) == sorted(members("excise.countermeasures.changes", Countermeasure))


def test_each_says_what_an_operator_has_to_know():
    for kind in members("excise.countermeasures.changes", Countermeasure).values():
        for said in (kind.customer_sees, kind.costs, kind.good_for, kind.not_when):
            assert said.endswith(".")
            assert len(said.split()) > 5
