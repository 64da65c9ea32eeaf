"""Growing the forest: boosted trees of two questions, in the direction that reason demands of a reading."""

from collections.abc import Mapping
from typing import Final

import msgspec
import numpy as np

from excise.detection.detectors import Detector
from excise.detection.forest import Forest, Node, planted
from excise.errors import ExciseError
from excise.proving_ground.readings import Readings

TREES: Final = 500
_COPIES: Final = 2
_SIGN: Final = {"up": 1, "down": -1, "either": 0}


class _Part(msgspec.Struct):
    """A question or a leaf, as LightGBM prints a tree."""

    split_feature: int | None = None
    threshold: float = 0.0
    left_child: "_Part | None" = None
    right_child: "_Part | None" = None
    leaf_value: float = 0.0
    leaf_weight: float = 1.0


class NothingToGrow(ExciseError):
    """There is nothing to learn from, or nothing to learn with."""


def grow(readings: Readings, detectors: Mapping[str, Detector], *, seed: int, trees: int = TREES) -> Forest:
    """Grow a forest that tells harvesting actors from honest ones by what detectors read.

    Gradient boosting (Friedman 2001; Ke et al. 2017) with monotone constraints. An actor counts as the root
    of its accounts, so that neither lone accounts nor the largest campaigns decide alone. Unknown readings
    are replaced by those of other actors, drawn at random: what a log does not show must not tell.

    Args:
        readings: of composed worlds; actors that are neither guilty nor honest are left out.
        detectors: by name; gives the direction of each reading.
        seed: of the drawing and the boosting.
        trees: how many.

    Raises:
        NothingToGrow: LightGBM is not installed, or the worlds have no harvesting or no honest actor.
    """
    try:
        import lightgbm  # noqa: PLC0415 - only who grows forests needs it
    except (ImportError, OSError) as error:
        raise NothingToGrow(f"{error}; growing a forest takes: pip install 'excise[prove]'") from None
    clear = readings.where(~readings.mixed)
    if not clear.guilty.any() or clear.guilty.all():
        raise NothingToGrow(f"all of {len(clear.guilty)} actors are of one kind; take more or larger worlds")
    names = sorted(name for name in clear.columns if name in detectors)
    draw = np.random.default_rng(seed)
    table = np.concatenate(
        [np.stack([_filled(clear.columns[name], draw) for name in names], axis=1) for _ in range(_COPIES)]
    )
    data = lightgbm.Dataset(
        table,
        label=np.tile(clear.guilty, _COPIES).astype(float),
        weight=np.tile(np.sqrt(clear.accounts), _COPIES) / _COPIES,
        feature_name=names,
        params={"verbose": -1},
    )
    booster = lightgbm.train(
        {
            "objective": "binary",
            "learning_rate": 0.07,
            "max_depth": 2,
            "num_leaves": 4,
            "min_data_in_leaf": 20,
            "lambda_l2": 5.0,
            "feature_fraction": 0.5,
            "bagging_fraction": 0.7,
            "bagging_freq": 1,
            "monotone_constraints": [_SIGN[detectors[name].direction] for name in names],
            "seed": seed,
            "deterministic": True,
            "force_row_wise": True,
            "num_threads": 1,
            "verbose": -1,
        },
        data,
        num_boost_round=trees,
    )
    grown = booster.dump_model()["tree_info"]
    return Forest(tuple(_tree(msgspec.convert(one["tree_structure"], _Part), names) for one in grown))


def _filled(column: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    unknown = np.isnan(column)
    if unknown.all():
        return np.zeros(len(column))
    filled = column.copy()
    filled[unknown] = draw.choice(column[~unknown], int(unknown.sum()))
    return filled


def _tree(root: _Part, names: list[str]) -> tuple[Node, ...]:
    """Take over a tree; LightGBM's leaves are in nats."""
    nodes: list[tuple[str, float, int, int, float]] = []
    leaves: list[float] = []

    def visit(part: _Part) -> int:
        at = len(nodes)
        nodes.append(("", 0.0, 0, 0, max(part.leaf_weight, 1e-9)))
        leaves.append(part.leaf_value / float(np.log(2)))
        if part.split_feature is not None and part.left_child and part.right_child:
            low, high = visit(part.left_child), visit(part.right_child)
            nodes[at] = (names[part.split_feature], part.threshold, low, high, 0.0)
        return at

    visit(root)
    return planted(nodes, leaves)
