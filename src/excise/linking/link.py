"""Accounts become Actors: find populations, weigh ties, cluster, part strangers, count in owners, repeat."""

from collections.abc import Callable, Mapping

import igraph
import leidenalg
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from excise.linking.carried import Evidence, gather
from excise.linking.census import Census, outside
from excise.linking.habits import Habits, habits
from excise.linking.populations import Population, held, populations
from excise.linking.strangers import held_apart
from excise.linking.ties import Tie
from excise.linking.weighing import Measures, Weighed, weigh
from excise.open_folder import members
from excise.store.tables import Asked

I64 = NDArray[np.int64]


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """``resolution`` is the least mean match weight inside an actor; ``rounds`` how often to count again."""

    resolution: float = 2.0
    rounds: int = 4


class Linking(Struct, frozen=True):
    """The actors, and what they were made from: ``owner`` (shape (accounts,)) says which account is whose.

    The accounts of one of the ``populations`` always have one owner.
    """

    evidence: Evidence
    weighed: Weighed
    owner: I64
    populations: tuple[Population, ...] = ()


def ties() -> dict[str, Tie]:
    """Return one of each kind of tie, by name."""
    return {name: kind() for name, kind in members("excise.linking.ties", Tie).items()}


def link(
    store: Asked,
    *,
    seed: int,
    settings: Settings = Settings(),  # noqa: B008 - frozen
    chosen: Mapping[str, Tie] | None = None,
    census: Census | None = None,
    watch: Callable[[str], None] = lambda _: None,
) -> Linking:
    """Link the accounts of a store.

    Args:
        store: what is asked.
        seed: of the clustering; the same seed gives the same actors.
        settings: see ``Settings``.
        chosen: the ties to use; all by default.
        census: who else there is, where the store holds a part of the accounts only.
        watch: called with a word on what happens now.
    """
    used = ties() if chosen is None else chosen
    watch("asking for ties")
    evidence = gather(used, store)
    found: tuple[Population, ...] = ()
    ways: Habits | None = None
    if {"corpus", "replication"} <= evidence.traits.keys() and len(evidence.accounts):
        watch("looking for populations")
        ways = habits(store, evidence)
        found = populations(ways)
    # From the first round on, a population counts as the one owner that it is.
    owner = together = held(found, len(evidence.accounts))
    measures, others = Measures(used, evidence), outside(census, evidence)
    watch("weighing pairs of accounts")
    weighed = weigh(used, evidence, measures, owner, others)
    for turn in range(settings.rounds):
        watch(f"clustering, round {turn + 1} of {settings.rounds}")
        clustered = cluster(weighed, together, resolution=settings.resolution, seed=seed)
        if ways is not None:
            weighed = held_apart(weighed, ways, clustered)
            clustered = cluster(weighed, together, resolution=settings.resolution, seed=seed)
        settled = bool(np.array_equal(clustered, owner))
        owner = clustered
        if settled:
            break
        weighed = weigh(used, evidence, measures, owner, others)
    return Linking(evidence, weighed, owner, found)


def cluster(weighed: Weighed, together: I64, *, resolution: float, seed: int) -> I64:
    """Return the community of each account under the constant Potts model (Traag, Waltman and van Eck 2019).

    Communities are numbered by their first account, so that equal partitions are equal arrays.

    Args:
        weighed: the pairs.
        together: shape (accounts,), equal where accounts are of one hand already: they are one node of their
            size.
        resolution: the least mean weight inside a community.
        seed: of the search.
    """
    _, node = np.unique(together, return_inverse=True)
    size = np.bincount(node)
    one, other = node[weighed.one], node[weighed.other]
    kept = (weighed.weight > 0) & (one != other)
    key, edge = np.unique(
        np.minimum(one, other)[kept] * len(size) + np.maximum(one, other)[kept], return_inverse=True
    )
    weight = np.bincount(edge, weights=weighed.weight[kept], minlength=len(key))
    ends = np.stack([key // len(size), key % len(size)], axis=1)
    membership = np.arange(len(size))
    for edges in _separate(ends, len(size)):
        nodes, places = np.unique(ends[edges], return_inverse=True)
        graph = igraph.Graph(n=len(nodes), edges=places.reshape(-1, 2))
        found = leidenalg.find_partition(
            graph,
            leidenalg.CPMVertexPartition,
            weights=weight[edges].tolist(),
            node_sizes=size[nodes].tolist(),
            resolution_parameter=resolution,
            seed=seed,
            n_iterations=-1,
        )
        _, named_after = np.unique(found.membership, return_index=True)
        membership[nodes] = nodes[named_after[found.membership]]
    _, first, inverse = np.unique(membership[node], return_index=True, return_inverse=True)
    result: I64 = first[inverse].astype(np.int64)
    return result


def _separate(ends: I64, nodes: int) -> list[I64]:
    """Return the edges of each component of a graph.

    What is not joined by any path has no bearing on one another, and each component is partitioned by itself:
    what other customers do changes nobody's actor, and most accounts, which are joined to none, cost nothing.
    """
    if not len(ends):
        return []
    joined = sparse.coo_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(nodes, nodes))
    _, component = connected_components(joined, directed=False)
    of_edge = component[ends[:, 0]]
    order = np.argsort(of_edge, kind="stable")
    starts = np.flatnonzero(np.diff(of_edge[order])) + 1
    return np.split(order, starts)
