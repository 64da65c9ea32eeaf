"""The forest: its parts add up, the unknown says nothing, and the table keeps it."""

import csv
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from excise.detection.forest import COLUMNS, Forest, Node, planted, read, shipped
from excise.detection.weigher import detectors

LEAF = ("", 0.0, 0, 0)
unit = st.floats(-3, 3)
size = st.floats(0.5, 50)


@st.composite
def trees(draw: st.DrawFn) -> tuple[Node, ...]:
    a, b, c = (draw(st.sampled_from("pqr")) for _ in range(3))
    nodes = [(a, draw(unit), 1, 4, 0.0), (b, draw(unit), 2, 3, 0.0), (*LEAF, draw(size)), (*LEAF, draw(size))]
    nodes += [(c, draw(unit), 5, 6, 0.0), (*LEAF, draw(size)), (*LEAF, draw(size))]
    return planted(nodes, [0.0 if node[0] else draw(unit) for node in nodes])


forests = st.lists(trees(), min_size=1, max_size=4).map(lambda grown: Forest(tuple(grown)))


def leaf(tree: tuple[Node, ...], readings: dict[str, float]) -> float:
    at = 0
    while tree[at].signal:
        at = tree[at].low if readings[tree[at].signal] <= tree[at].threshold else tree[at].high
    return tree[at].weight


@settings(max_examples=60, deadline=None)
@given(forests, st.tuples(unit, unit, unit))
def test_parts_and_prior_add_up_to_the_leaves(forest: Forest, values: tuple[float, ...]) -> None:
    readings = dict(zip("pqr", values, strict=True))
    parts = forest.parts({name: np.array([value]) for name, value in readings.items()}, 1)
    total = forest.prior + sum(float(part[0]) for part in parts.values())
    assert total == pytest.approx(sum(leaf(tree, readings) for tree in forest.trees), abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(forests, st.tuples(unit, unit))
def test_the_unknown_is_silent(forest: Forest, values: tuple[float, ...]) -> None:
    known = {"p": np.array([values[0]]), "q": np.array([values[1]])}
    hidden = forest.parts(known | {"r": np.array([np.nan])}, 1)
    assert all(not part.any() for name, part in hidden.items() if name == "r")
    missing = forest.parts(known, 1)
    for name, part in missing.items():
        assert part.tolist() == hidden[name].tolist()
    assert not any(part.any() for part in forest.parts({}, 1).values())


@settings(max_examples=30, deadline=None)
@given(forests)
def test_the_table_keeps_it(forest: Forest) -> None:
    text = io.StringIO()
    text.write("# where it comes from\n")
    rows = csv.writer(text)
    rows.writerow(COLUMNS)
    rows.writerows(forest.rows())
    again = read(text.getvalue())
    assert [[node.signal for node in tree] for tree in again.trees] == [
        [node.signal for node in tree] for tree in forest.trees
    ]
    assert again.prior == pytest.approx(forest.prior, abs=1e-4)


def test_what_ships_keeps_the_directions_and_reads_detectors_that_there_are() -> None:
    forest, known = shipped(), detectors()
    assert len(forest.trees) >= 100
    assert forest.signals <= set(known)
    draw = np.random.default_rng(1)
    count = 200
    readings = {name: draw.lognormal(0, 1.5, count) for name in forest.signals}
    for name in forest.signals:
        if known[name].direction == "either":
            continue
        sign = 1 if known[name].direction == "up" else -1
        before = None
        for value in np.linspace(0, 12, 25):
            turned = readings | {name: np.full(count, value)}
            rank = sum(forest.parts(turned, count).values())
            if before is not None:
                assert (sign * (rank - before) >= -0.01).all(), name
            before = rank
