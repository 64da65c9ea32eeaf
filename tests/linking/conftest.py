"""What single ties say of stores written by hand."""

from collections.abc import Callable

import numpy as np
import pytest

from excise.linking.carried import gather
from excise.linking.link import ties
from excise.linking.ties import Pairs, Resemblance
from excise.linking.weighing import Measures, weigh
from excise.store.store import Store

Weights = dict[tuple[str, str], float]


@pytest.fixture
def tied() -> Callable[[Store, str], Weights]:
    """Returns what one tie alone says of each pair of accounts, where it says anything."""

    def ask(store: Store, name: str) -> Weights:
        tie = ties()[name]
        evidence = gather({name: tie}, store)
        count = len(evidence.accounts)
        names = evidence.accounts.to_pylist()
        if isinstance(tie, Resemblance):
            one, other = np.triu_indices(count, 1)
            weights = tie.weights(evidence.traits[name], Pairs(evidence.accounts, one, other))
        else:
            measures = Measures({name: tie}, evidence)
            weighed = weigh({name: tie}, evidence, measures, np.arange(count))
            one, other, weights = weighed.one, weighed.other, weighed.by_tie[name]
        return {
            (names[a], names[b]): float(w) for a, b, w in zip(one, other, weights, strict=True) if w != 0.0
        }

    return ask
