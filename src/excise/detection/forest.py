"""The forest: what the readings of all detectors together are worth, as measured on composed worlds.

Small decision trees, boosted for the log-likelihood of "this actor harvests" (Friedman 2001) by ``excise
prove weights`` and shipped as a table. A tree asks at most two questions, so a reading counts by itself or
together with one other: correlated signals are not added up as if each were news. What a reading adds at a
question is the reading's own (Saabas 2014), so that the parts add up to the whole and can be said one by
one. A question about a reading that is unknown is not answered: both answers count, as often as each was
given.
"""

import csv
from collections.abc import Iterable, Mapping
from importlib.resources import files

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

F64 = NDArray[np.float64]

COLUMNS = ("tree", "node", "signal", "threshold", "low", "high", "cover", "weight")
"""The columns of the table. A leaf has no signal; ``low`` and ``high`` are the nodes that a reading up to the
threshold, and one above it, goes on to. ``cover`` is how much of the sample came by, ``weight`` (in match
weights, log2 odds) what the node says of it."""


class Node(Struct, frozen=True):
    """One question of a tree, or a leaf (``signal`` is empty)."""

    signal: str
    threshold: float
    low: int
    high: int
    cover: float
    weight: float


class Forest(Struct, frozen=True):
    """Trees of nodes, the root first.

    >>> leaf = Node("", 0.0, 0, 0, 1.0, -1.0)
    >>> root = Node("pace", 5.0, 1, 2, 4.0, 0.5)
    >>> small = Forest(((root, leaf, Node("", 0.0, 0, 0, 3.0, 1.0)),))
    >>> small.parts({"pace": np.array([9.0, 2.0, np.nan])}, 3)["pace"].tolist()
    [0.5, -1.5, 0.0]
    >>> small.prior
    0.5
    """

    trees: tuple[tuple[Node, ...], ...]

    @property
    def prior(self) -> float:
        """What is said of an actor of whom nothing is known, in match weights."""
        return sum(tree[0].weight for tree in self.trees)

    @property
    def signals(self) -> frozenset[str]:
        """The detectors that were measured."""
        return frozenset(node.signal for tree in self.trees for node in tree if node.signal)

    def parts(self, readings: Mapping[str, F64], actors: int) -> dict[str, F64]:
        """Return what each reading adds to the prior, in match weights.

        Args:
            readings: by detector, shape (actors,), NaN where unknown; one that is not there is unknown.
            actors: how many.

        Returns:
            By detector, shape (actors,); together with the prior they add up to the rank.
        """
        found = {name: np.zeros(actors) for name in sorted(self.signals)}
        unknown = np.full(actors, np.nan)
        for tree in self.trees:
            reached = {0: np.ones(actors)}
            for at, node in enumerate(tree):
                here = reached.get(at)
                if here is None or not node.signal:
                    continue
                reading = readings.get(node.signal, unknown)
                low, high = tree[node.low], tree[node.high]
                down = np.where(np.isnan(reading), low.cover / node.cover, reading <= node.threshold)
                reached[node.low], reached[node.high] = here * down, here * (1 - down)
                gained = down * low.weight + (1 - down) * high.weight - node.weight
                found[node.signal] += here * np.where(np.isnan(reading), 0.0, gained)
        return found

    def rows(self) -> Iterable[tuple[str, ...]]:
        """Return the rows of the table, in the order of ``COLUMNS``."""
        for number, tree in enumerate(self.trees):
            for at, node in enumerate(tree):
                yield (
                    *(str(number), str(at), node.signal, f"{node.threshold:.6g}"),
                    *(str(node.low), str(node.high), f"{node.cover:.6g}", f"{node.weight:.5f}"),
                )


def planted(nodes: Iterable[tuple[str, float, int, int, float]], leaves: Iterable[float]) -> tuple[Node, ...]:
    """Return a tree whose inner nodes say the mean of what is below them, so that its parts add up.

    Args:
        nodes: signal, threshold, low, high and cover of each node, parents before children; a leaf has no
            signal.
        leaves: what each node says if it is a leaf, in match weights.
    """
    grown = [Node(*node, weight) for node, weight in zip(nodes, leaves, strict=True)]
    for at in reversed(range(len(grown))):
        node = grown[at]
        if node.signal:
            low, high = grown[node.low], grown[node.high]
            cover = low.cover + high.cover
            weight = (low.cover * low.weight + high.cover * high.weight) / cover
            grown[at] = Node(node.signal, node.threshold, node.low, node.high, cover, weight)
    return tuple(grown)


def shipped() -> Forest:
    """Return the forest that ships with the package, measured by ``excise prove weights``."""
    text = files("excise.detection").joinpath("forest.csv").read_text(encoding="utf-8")
    return read(text)


def read(text: str) -> Forest:
    """Read a forest from its table; lines that begin with # say where it comes from."""
    table = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    trees: dict[str, tuple[list[tuple[str, float, int, int, float]], list[float]]] = {}
    for row in table:
        nodes, leaves = trees.setdefault(row["tree"], ([], []))
        cover = float(row["cover"])
        nodes.append((row["signal"], float(row["threshold"]), int(row["low"]), int(row["high"]), cover))
        leaves.append(float(row["weight"]))
    return Forest(tuple(planted(*tree) for tree in trees.values()))
