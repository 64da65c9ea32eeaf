"""Prompts in common, against a count over all pairs of sendings."""

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from excise.linking.replicas import replicas
from excise.linking.ties import Pairs

NAMES = pa.array(["a", "b", "c", "d"])
SENDINGS = st.dictionaries(
    st.tuples(st.sampled_from(["a", "b", "c", "d", "not of us"]), st.integers(0, 5)),
    st.integers(0, 100),
    max_size=20,
)


@settings(max_examples=60, deadline=None)
@given(SENDINGS)
def test_replicas_are_what_one_counts_by_hand(sendings):
    traits = pa.table(
        {
            "account": pa.array([who for who, _ in sendings], pa.string()),
            "prompt": pa.array([prompt for _, prompt in sendings], pa.uint64()),
            "at": pa.array([at * 1_000_000 for at in sendings.values()], pa.timestamp("us", "UTC")),
        }
    )
    one, other = np.array([0, 3, 1]), np.array([1, 0, 2])
    found = replicas(traits, Pairs(NAMES, one, other), together_s=10.0)
    for row, (a, b) in enumerate([("a", "b"), ("d", "a"), ("b", "c")]):
        mine = {prompt: at for (who, prompt), at in sendings.items() if who == a}
        theirs = {prompt: at for (who, prompt), at in sendings.items() if who == b}
        shared = mine.keys() & theirs.keys()
        near = sum(abs(mine[prompt] - theirs[prompt]) <= 10 for prompt in shared)
        assert found.shared[row] == len(shared)
        assert found.share[row] == (len(shared) / min(len(mine), len(theirs)) if shared else 0.0)
        assert found.together[row] == (near / len(shared) if shared else 0.0)
