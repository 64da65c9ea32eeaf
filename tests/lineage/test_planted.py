"""Canaries and their decoys belong together, and rows in doubt are errors that name them."""

import pytest
from msgspec.structs import replace

from excise.errors import BadTable
from excise.lineage.planted import canary_cautions, groups_of
from excise.lineage.replies import Message, Reply

ASKED = (Message("user", "Give an example."),)


def canary(name: str = "c1", decoys: int = 3) -> list[Reply]:
    return [
        Reply(row=at + 1, id=name, messages=ASKED, reply=f"number {name} {at}", draw=at)
        for at in range(decoys + 1)
    ]


def test_the_planted_one_comes_first_wherever_it_stands() -> None:
    groups = groups_of([*reversed(canary("a")), *canary("b")])
    assert [[one.draw for one in group] for group in groups.values()] == [[0, 1, 2, 3]] * 2


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([], "no canaries were given"),
        (canary()[1:], "rows 2, 3, 4: canary 'c1' has 0 texts with 'draw' 0"),
        (canary() + canary()[:1], "has 2 texts with 'draw' 0"),
        (canary()[:1], "row 1: canary 'c1' has no decoys"),
        ([*canary(), replace(canary()[0], draw=9)], "has a text twice"),
        ([*canary(), replace(canary("c2")[0], id="c1", draw=9, messages=())], "several prompts"),
    ],
)
def test_rows_in_doubt_are_named(rows: list[Reply], why: str) -> None:
    with pytest.raises(BadTable, match=why):
        groups_of(rows)


def test_published_canaries_are_refused_and_few_decoys_mentioned() -> None:
    rows = canary()
    rows[2] = replace(rows[2], published=True)
    refused, warned = canary_cautions(rows)
    assert (refused.severity, refused.name, refused.rows) == ("refuse", "published", (3,))
    assert (warned.severity, warned.name) == ("warn", "few")
    assert "less than 2.0 bits" in warned.text
    assert canary_cautions(canary(decoys=2000)) == ()
