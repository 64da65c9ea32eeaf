"""Pairs are asked in an order that shows nothing, and what speaks against them is said."""

from collections import Counter

from excise.lineage.methods import Given
from excise.lineage.replies import Message, Reply
from excise.lineage.turns import in_turns, pair_cautions


def replies(word: str, count: int = 400) -> tuple[Reply, ...]:
    return tuple(
        Reply(row=row, id=f"r{row}", messages=(Message("user", f"q{row}"),), reply=f"{word} {row}", model="m")
        for row in range(1, count + 1)
    )


def test_the_order_is_drawn_by_the_seed_and_does_not_favor_the_served() -> None:
    """400 fair coins: between 160 and 240 heads, but for one seed in 10,000."""
    given = Given(served=replies("yes"), twins=replies("no"))
    turns = in_turns(given, 5)
    first = Counter(order[0] for _, order in turns)
    assert 160 < first[0] < 240
    assert [pair.name for pair, _ in turns] != [pair.name for pair, _ in in_turns(given, 6)]
    assert turns == in_turns(given, 5)
    assert len({pair.name for pair, _ in turns}) == 400


def test_pairs_that_say_nothing_are_not_asked() -> None:
    twins = (*replies("no")[:-1], replies("yes")[-1])
    assert len(in_turns(Given(served=replies("yes"), twins=twins), 5)) == 399


def test_rows_of_no_pair_are_named_among_the_cautions() -> None:
    given = Given(served=replies("yes"), twins=replies("no")[:390])
    (unmatched,) = [one for one in pair_cautions(given) if one.name == "unmatched"]
    assert unmatched.severity == "warn"
    assert unmatched.rows == tuple(range(391, 401))
    assert "10 rows belong to no pair" in unmatched.text
    assert "row 391 of the served file: no twin has the id 'r391'; " in unmatched.text
    assert "and 5 more" in unmatched.text
