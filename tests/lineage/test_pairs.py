"""Served replies and twins find each other, and rows that do not are named."""

import numpy as np
import pytest

from excise.errors import BadTable
from excise.lineage.pairs import Unmatched, match
from excise.lineage.replies import Message, Reply


def reply(row: int, name: str, text: str = "x", *, prompt: str | None = None, draw: int = 0) -> Reply:
    messages = (Message("user", name if prompt is None else prompt),)
    return Reply(row=row, id=name, messages=messages, reply=text, draw=draw)


def test_the_order_of_the_files_does_not_matter() -> None:
    served = [reply(at + 1, f"s{at}", f"served {at}") for at in range(40)]
    twins = [reply(at + 1, f"s{at}", f"twin {at}") for at in range(40)]
    dice = np.random.default_rng(1)
    pairs, unmatched = match(served, [twins[at] for at in dice.permutation(40)])
    assert not unmatched
    assert [pair.candidates for pair in pairs] == [(f"served {at}", f"twin {at}") for at in range(40)]
    assert pairs[3].name == "s3"


def test_without_ids_the_prompt_decides() -> None:
    served = [reply(1, "", "a", prompt="p"), reply(2, "", "b", prompt="q")]
    pairs, unmatched = match(served, [reply(1, "", "c", prompt="q")])
    assert [(pair.name, pair.candidates) for pair in pairs] == [("row 2", ("b", "c"))]
    assert unmatched == (Unmatched("served", 1, "no twin has this prompt"),)


def test_a_twin_without_an_id_is_matched_only_where_its_prompt_is_unique() -> None:
    served = [reply(1, "a", prompt="p"), reply(2, "b", prompt="q"), reply(3, "c", prompt="q")]
    pairs, unmatched = match(served, [reply(1, "", "t", prompt="p"), reply(2, "", "t", prompt="q")])
    assert [pair.name for pair in pairs] == ["a"]
    assert Unmatched("twins", 2, "several served replies have this prompt") in unmatched


def test_several_draws_are_several_twins() -> None:
    twins = [reply(1, "a", "second", draw=1), reply(2, "a", "first", draw=0)]
    (pair,), _ = match([reply(1, "a", "served")], twins)
    assert pair.candidates == ("served", "first", "second")


@pytest.mark.parametrize(
    ("served", "twins", "named"),
    [
        ([], [reply(4, "z")], Unmatched("twins", 4, "no served reply has the id 'z'")),
        ([reply(7, "lonely")], [], Unmatched("served", 7, "no twin has the id 'lonely'")),
        (
            [reply(7, "b"), reply(8, "b")],
            [reply(4, "b")],
            Unmatched("twins", 4, "rows 7, 8 of the served file have the id 'b'; give each an id of its own"),
        ),
        (
            [reply(7, "b")],
            [reply(4, "b"), reply(9, "b")],
            Unmatched(
                "served",
                7,
                "rows 4 and 9 of the twins have the id 'b' and the same 'draw', 0; number the draws, or "
                "leave the copy out",
            ),
        ),
        (
            [reply(7, "b")],
            [reply(4, "b", prompt="another")],
            Unmatched("served", 7, "row 4 of the twins has the id 'b' and another prompt"),
        ),
    ],
)
def test_rows_in_doubt_are_named_and_left_out(
    served: list[Reply], twins: list[Reply], named: Unmatched
) -> None:
    pairs, unmatched = match([reply(1, "a"), *served], [reply(1, "a", "twin"), *twins])
    assert [pair.name for pair in pairs] == ["a"]
    assert named in unmatched


def test_nothing_matched_is_an_error() -> None:
    with pytest.raises(BadTable, match="row 1 of the served file: no twin has the id 'a'"):
        match([reply(1, "a")], [reply(2, "b")])
