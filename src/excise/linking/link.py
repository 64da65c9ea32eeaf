"""Accounts become Actors: weigh the ties, cluster, count again in owners, repeat."""

from collections.abc import Callable, Mapping

import igraph
import leidenalg
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from excise.linking.carried import Evidence, gather
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
    """The actors, and what they were made from: ``owner`` (shape (accounts,)) says which account is whose."""

    evidence: Evidence
    weighed: Weighed
    owner: I64


def ties() -> dict[str, Tie]:
    """Return one of each kind of tie, by name."""
    return {name: kind() for name, kind in members("excise.linking.ties", Tie).items()}


def link(
    store: Asked,
    *,
    seed: int,
    settings: Settings = Settings(),  # noqa: B008 - frozen
    chosen: Mapping[str, Tie] | None = None,
    watch: Callable[[str], None] = lambda _: None,
) -> Linking:
    """Link the accounts of a store.

    Args:
        store: what is asked.
        seed: of the clustering; the same seed gives the same actors.
        settings: see ``Settings``.
        chosen: the ties to use; all by default.
        watch: called with a word on what happens now.
    """
    used = ties() if chosen is None else chosen
    watch("asking for ties")
    evidence = gather(used, store)
    owner = np.arange(len(evidence.accounts))
    measures = Measures(used, evidence)
    watch("weighing pairs of accounts")
    weighed = weigh(used, evidence, measures, owner)
    for turn in range(settings.rounds):
        watch(f"clustering, round {turn + 1} of {settings.rounds}")
        clustered = cluster(weighed, len(evidence.accounts), resolution=settings.resolution, seed=seed)
        settled = bool(np.array_equal(clustered, owner))
        owner = clustered
        if settled:
            break
        weighed = weigh(used, evidence, measures, owner)
    return Linking(evidence, weighed, owner)


def cluster(weighed: Weighed, count: int, *, resolution: float, seed: int) -> I64:
    """Return the community of each account under the constant Potts model (Traag, Waltman and van Eck 2019).

    Communities are numbered by their first account, so that equal partitions are equal arrays.
    """
    kept = weighed.weight > 0
    graph = igraph.Graph(n=count, edges=np.stack([weighed.one[kept], weighed.other[kept]], axis=1))
    found = leidenalg.find_partition(
        graph,
        leidenalg.CPMVertexPartition,
        weights=weighed.weight[kept].tolist(),
        resolution_parameter=resolution,
        seed=seed,
        n_iterations=-1,
    )
    _, first, inverse = np.unique(np.asarray(found.membership), return_index=True, return_inverse=True)
    result: I64 = first[inverse].astype(np.int64)
    return result
